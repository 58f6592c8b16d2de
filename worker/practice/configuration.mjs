import { generateKeyPairSync, randomBytes } from "node:crypto";
import { findAccount } from "./account.mjs";
import { interactionPathPrefix } from "./endpoints.mjs";
import { errorPage, pageHeaders } from "./pages.mjs";
import { scopes } from "./scopes.mjs";

const hourS = 3600;
const dayS = 24 * hourS;

/**
 * @typedef {object} PracticeSettings
 * @property {object[]} clients client metadata as oidc-provider takes it
 * @property {number} accessTokenTtlS
 * @property {(model: string) => object} adapter
 */

/**
 * createConfiguration is everything the practice provider asks of oidc-provider. PKCE is required
 * of every client, refresh tokens rotate at each use (what a used one is worth, the adapter
 * decides), access tokens are opaque so that revocation takes effect at once.
 * @param {PracticeSettings} settings
 * @returns {Record<string, unknown>}
 */
export function createConfiguration({ clients, accessTokenTtlS, adapter }) {
  return {
    adapter,
    clients,
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    jwks: { keys: [createSigningKey()] },
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    scopes: scopes.map((scope) => scope.name),
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_basic", "none"],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken,
    expiresWithSession: () => false,
    // The default of 15 s would make a 60 s token live for 75 s.
    clockTolerance: 0,
    clientBasedCORS: () => false,
    findAccount: (/** @type {unknown} */ _ctx, /** @type {string} */ subject) =>
      oidcAccount(subject),
    interactions: {
      url: (/** @type {unknown} */ _ctx, /** @type {{ uid: string }} */ interaction) =>
        interactionPathPrefix + interaction.uid,
    },
    renderError,
    features: createFeatures(),
    ttl: {
      AccessToken: accessTokenTtlS,
      AuthorizationCode: 60,
      Grant: 14 * dayS,
      IdToken: hourS,
      Interaction: hourS,
      RefreshToken: 14 * dayS,
      Session: hourS,
    },
  };
}

function createFeatures() {
  const ownTokensOnly = (
    /** @type {unknown} */ _ctx,
    /** @type {{ clientId: string }} */ client,
    /** @type {{ clientId: string }} */ token,
  ) => client.clientId === token.clientId;
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    introspection: { enabled: true, allowedPolicy: ownTokensOnly },
    revocation: { enabled: true, allowedPolicy: ownTokensOnly },
    userinfo: { enabled: true },
  };
}

function createSigningKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256" };
}

/**
 * @param {unknown} _ctx
 * @param {{ grantTypeAllowed(type: string): boolean }} client
 * @param {{ scopes: Set<string> }} source
 */
async function issueRefreshToken(_ctx, client, source) {
  return client.grantTypeAllowed("refresh_token") && source.scopes.has("offline_access");
}

/** @param {string} subject */
function oidcAccount(subject) {
  const account = findAccount(subject);
  if (account === undefined) return undefined;
  return {
    accountId: account.subject,
    claims: async () => ({
      sub: account.subject,
      name: account.name,
      preferred_username: account.username,
      email: account.email,
      email_verified: true,
    }),
  };
}

/**
 * @param {{ set(headers: Record<string, string>): void, body: string }} ctx
 * @param {{ error: string, error_description?: string }} out
 */
async function renderError(ctx, out) {
  ctx.set(pageHeaders);
  ctx.body = errorPage({ code: out.error, detail: out.error_description });
}
