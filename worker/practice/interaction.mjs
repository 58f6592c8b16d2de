import { accountOf, parseUsername } from "./account.mjs";
import { consentPage, errorPage, loginPage, pageHeaders } from "./pages.mjs";
import { requestedScopes } from "./scopes.mjs";

const bodyBytesMax = 8192;

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {import("oidc-provider/lib/provider.js").Provider} Provider
 */

/**
 * @typedef {object} Step one request of a person who is being asked
 * @property {Provider} provider
 * @property {IncomingMessage} request
 * @property {ServerResponse} response
 * @property {Record<string, string | undefined>} params of the authorization request
 * @property {string} clientName
 */

/**
 * handleInteraction serves the sign-in page, then the consent page, and hands the outcome back to
 * oidc-provider in one piece. The user name travels through the consent form, since any name is
 * accepted; the interaction itself is known by its cookie, which only this path receives.
 * @param {Provider} provider
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
export async function handleInteraction(provider, request, response) {
  const interaction = await findInteraction(provider, request, response);
  if (interaction === undefined) {
    const detail = "This sign-in is over or was started in another browser.";
    sendPage(response, 400, errorPage({ code: "session_not_found", detail }));
    return;
  }
  const { params } = interaction;
  const client = await provider.Client.find(params.client_id ?? "");
  const clientName = client?.clientName ?? client?.clientId ?? "";
  const step = { provider, request, response, params, clientName };

  if (request.method === "GET") {
    sendPage(response, 200, loginPage({ clientName, username: params.login_hint }));
  } else if (request.method === "POST") {
    await handleSubmission(step);
  } else {
    response.writeHead(405, { allow: "GET, POST" }).end();
  }
}

/**
 * @param {Provider} provider
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
async function findInteraction(provider, request, response) {
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (/** @type {Error} */ (error).name === "SessionNotFound") return undefined;
    throw error;
  }
}

/** @param {Step} step */
async function handleSubmission(step) {
  const form = await readForm(step.request);
  const action = form?.get("action");
  if (action === "deny") return finishDenied(step);

  const username = parseUsername(form?.get("username"));
  if (username === undefined) {
    const problem = "Please type a name of 1 to 64 characters.";
    return sendPage(step.response, 400, loginPage({ clientName: step.clientName, problem }));
  }
  if (action === "allow" && form) return finishAllowed(step, username, form.getAll("scope"));

  const scopes = requestedScopes(step.params.scope);
  const page = consentPage({ clientName: step.clientName, username, scopes });
  sendPage(step.response, 200, page);
}

/** @param {Step} step */
async function finishDenied({ provider, request, response }) {
  const result = { error: "access_denied", error_description: "The person said no" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/**
 * @param {Step} step
 * @param {string} username
 * @param {string[]} ticked
 */
async function finishAllowed({ provider, request, response, params }, username, ticked) {
  const accountId = accountOf(username).subject;
  const grant = new provider.Grant({ accountId, clientId: params.client_id ?? "" });
  for (const scope of requestedScopes(params.scope)) {
    if (scope.required || ticked.includes(scope.name)) grant.addOIDCScope(scope.name);
    else grant.rejectOIDCScope(scope.name);
  }
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result);
}

/**
 * @param {IncomingMessage} request
 * @returns {Promise<URLSearchParams | undefined>} undefined for another type or above 8 KiB
 */
async function readForm(request) {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) return undefined;
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {string} html
 */
function sendPage(response, status, html) {
  response.writeHead(status, pageHeaders).end(html);
}
