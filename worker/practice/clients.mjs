import { randomBytes } from "node:crypto";

/**
 * @typedef {object} ClientCredentials
 * @property {string} clientId
 * @property {string | null} clientSecret null for a public client
 */

/**
 * createClients makes the two clients of the practice provider: one that keeps a secret and sends
 * it by HTTP Basic, with exact redirect URIs, and one without a secret for native applications,
 * whose loopback redirect URIs match on any port (RFC 8252 section 7.3).
 * @param {{ redirectUris: string[], clientSecret?: string | undefined }} options without a secret, a random one
 */
export function createClients({ redirectUris, clientSecret }) {
  const shared = {
    client_name: "tenon",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: redirectUris,
  };
  return [
    {
      ...shared,
      client_id: "tenon-practice",
      client_secret: clientSecret ?? randomBytes(32).toString("base64url"),
      token_endpoint_auth_method: "client_secret_basic",
    },
    {
      ...shared,
      client_id: "tenon-practice-public",
      application_type: "native",
      token_endpoint_auth_method: "none",
    },
  ];
}
