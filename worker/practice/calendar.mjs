import { findAccount } from "./account.mjs";

const calendarScope = "calendar.read";

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {import("oidc-provider/lib/provider.js").Provider} Provider
 */

/**
 * handleCalendar is the API that a practice token opens (RFC 6750): 200 with the account and an
 * event, 401 without a token or when it has expired or was revoked, 403 without `calendar.read`.
 * @param {Provider} provider
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
export async function handleCalendar(provider, request, response) {
  if (request.method !== "GET") {
    sendJson(response, 405, { error: "method_not_allowed" }, { allow: "GET" });
    return;
  }
  const credentials = /^bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? "");
  if (credentials === null) {
    sendJson(response, 401, { error: "unauthorized" }, { "www-authenticate": "Bearer" });
    return;
  }
  const token = await findLiveToken(provider, credentials[1] ?? "");
  const account = token && findAccount(token.accountId);
  if (!token || !account) return refuse(response, 401, "invalid_token");
  if (!token.scopes.has(calendarScope)) return refuse(response, 403, "insufficient_scope");
  sendJson(response, 200, {
    account: { id: account.subject, username: account.username },
    token_expires_at: token.exp,
    events: [{ id: "evt_1", title: "Practice makes perfect" }],
  });
}

/**
 * @param {Provider} provider
 * @param {string} value
 */
async function findLiveToken(provider, value) {
  const token = await provider.AccessToken.find(value);
  // A token can outlive its grant by being issued while the grant is revoked.
  return token && (await provider.Grant.find(token.grantId)) ? token : undefined;
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {string} code of RFC 6750 section 3.1
 */
function refuse(response, status, code) {
  sendJson(response, status, { error: code }, { "www-authenticate": `Bearer error="${code}"` });
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
function sendJson(response, status, body, headers = {}) {
  const all = { "content-type": "application/json", "cache-control": "no-store", ...headers };
  response.writeHead(status, all).end(JSON.stringify(body));
}
