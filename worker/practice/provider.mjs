/// <reference path="./oidc-provider.d.ts" />
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
// The main file of oidc-provider 9.13.3 adds nothing to this class but a warning on the console of
// Node 20; the class alone keeps a person's terminal quiet.
import { Provider } from "oidc-provider/lib/provider.js";
import { handleCalendar } from "./calendar.mjs";
import { createClients } from "./clients.mjs";
import { createConfiguration } from "./configuration.mjs";
import { calendarPath, classifyPath, interactionPathPrefix, stylesheetPath } from "./endpoints.mjs";
import { applyFault, createFaults } from "./faults.mjs";
import { withGrace } from "./grace.mjs";
import { handleInteraction } from "./interaction.mjs";
import { createRequestLog } from "./requests.mjs";
import { createStorage } from "./storage.mjs";

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 */

/**
 * @typedef {"strict" | "grace"} Rotation what becomes of a used refresh token: using it again
 *   revokes its grant, or it works until the one issued for it is used
 */

/**
 * @typedef {object} PracticeOptions
 * @property {string[]} redirectUris of both clients; at least one
 * @property {number | undefined} [port] 0, the default, takes a free one
 * @property {string | undefined} [host] a loopback address; 127.0.0.1 by default
 * @property {string | undefined} [clientSecret] of the confidential client; random by default
 * @property {object[] | undefined} [clients] client metadata of RFC 7591 in place of the two default clients
 * @property {number | undefined} [accessTokenTtlS] 60 by default
 * @property {Rotation | undefined} [rotation] strict by default
 * @property {((line: string) => void) | undefined} [log] gets one line per request and per failure, no secrets
 * @property {((carried: Record<string, string>) => void) | undefined} [onGrant] gets what each
 *   answered token request carried (code, verifier, tokens), to search for it where it must not be
 */

/**
 * @typedef {object} PracticeProvider
 * @property {string} issuer `http://<host>:<port>`, no slash at the end
 * @property {number} port
 * @property {import("./clients.mjs").ClientCredentials[]} clients the confidential one first
 * @property {import("./requests.mjs").RequestLog} requests what was called
 * @property {import("./faults.mjs").Faults} faults switches for tests
 * @property {() => Promise<void>} close ends every connection, hanging ones too
 */

const loopbackHosts = new Set(["127.0.0.1", "::1", "localhost"]);
const stylesheet = readFileSync(new URL("./practice.css", import.meta.url));

/**
 * startPracticeProvider starts an authorization server with a memory of its own: everything it
 * issued is forgotten at close, and nothing else makes it forget. Rejects with a TypeError for
 * options it cannot use and with the system's error when the port is taken.
 * @param {PracticeOptions} options
 * @returns {Promise<PracticeProvider>}
 */
export async function startPracticeProvider(options) {
  const { port = 0, host = "127.0.0.1", accessTokenTtlS = 60, log = () => {} } = options;
  checkOptions(host, accessTokenTtlS, options.redirectUris);

  const server = createServer();
  const realPort = await listen(server, port, host);
  const issuer = `http://${host === "::1" ? "[::1]" : host}:${realPort}`;
  const requests = createRequestLog();
  const faults = createFaults();
  try {
    const clients = options.clients ?? createClients(options);
    const adapter = options.rotation === "grace" ? withGrace(createStorage()) : createStorage();
    const configuration = { clients, accessTokenTtlS, adapter };
    const provider = new Provider(issuer, createConfiguration(configuration));
    // A listener of ours also keeps Koa from printing errors itself.
    provider.on("error", (error) => log(`error ${error.name}`));
    provider.on("server_error", (_ctx, error) => log(`server_error ${error.name}`));
    provider.on("grant.success", (ctx) => options.onGrant?.({ ...ctx.oidc.params, ...ctx.body }));
    const serve = createHandler(provider, new URL(issuer).host);
    server.on("request", (request, response) => {
      void exchange({ request, response, requests, faults, serve, log });
    });
    const close = () => closeServer(server);
    return { issuer, port: realPort, clients: clients.map(toCredentials), requests, faults, close };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

/**
 * @param {string} host
 * @param {number} accessTokenTtlS
 * @param {string[]} redirectUris
 */
function checkOptions(host, accessTokenTtlS, redirectUris) {
  if (!loopbackHosts.has(host)) throw new TypeError("host must be a loopback address");
  if (!Number.isInteger(accessTokenTtlS) || accessTokenTtlS < 1) {
    throw new TypeError("accessTokenTtlS must be a whole number of seconds, at least 1");
  }
  if (!Array.isArray(redirectUris) || redirectUris.length === 0) {
    throw new TypeError("redirectUris must name at least one URI");
  }
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number>} the port it listens on
 */
function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      resolve(address.port);
    });
  });
}

/**
 * @param {import("node:http").Server} server
 * @returns {Promise<void>}
 */
function closeServer(server) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** @param {any} client @returns {import("./clients.mjs").ClientCredentials} */
function toCredentials(client) {
  return { clientId: client.client_id, clientSecret: client.client_secret ?? null };
}

/**
 * exchange logs one request, plays the fault armed for it if any, and lets the provider answer.
 * @param {{ request: IncomingMessage, response: ServerResponse,
 *           requests: import("./requests.mjs").RequestLog, faults: import("./faults.mjs").Faults,
 *           serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
 *           log: (line: string) => void }} parts
 */
async function exchange({ request, response, requests, faults, serve, log }) {
  const { endpoint, path } = classifyPath(pathOf(request));
  const method = request.method ?? "";
  const fault = faults.take(endpoint);
  const broken = typeof fault?.status === "string" ? fault.status : null;
  const entry = requests.record({ endpoint, method, path, status: broken });
  response.once("finish", () => {
    entry.status = response.statusCode;
    log(`${method} ${path} ${response.statusCode}`);
  });
  if (broken) log(`${method} ${path} ${broken}`);
  try {
    if (fault && (await applyFault(fault, request, response))) return;
    await serve(request, response);
  } catch (error) {
    log(`${method} ${path} failed: ${/** @type {Error} */ (error).name}`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

/** @param {IncomingMessage} request */
function pathOf(request) {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

/**
 * createHandler routes a request to the pages, the API or oidc-provider.
 * @param {Provider} provider
 * @param {string} host of the issuer
 * @returns {(request: IncomingMessage, response: ServerResponse) => Promise<void>}
 */
function createHandler(provider, host) {
  const protocol = provider.callback();
  return async (request, response) => {
    const path = pathOf(request);
    // oidc-provider builds its URLs from this header; whoever comes by another name for loopback
    // must still be sent to the issuer.
    request.headers.host = host;
    dropSessionCookie(request);
    if (path === calendarPath) return handleCalendar(provider, request, response);
    if (path.startsWith(interactionPathPrefix)) {
      return handleInteraction(provider, request, response);
    }
    if (path === stylesheetPath) {
      response.writeHead(200, { "content-type": "text/css; charset=utf-8" }).end(stylesheet);
      return;
    }
    return protocol(request, response);
  };
}

/**
 * dropSessionCookie forgets who signed in before, so that several accounts can be connected from
 * one browser, several tabs do not disturb each other, and every consent makes a grant of its own:
 * disconnecting one connection leaves the others alone.
 * @param {IncomingMessage} request
 */
function dropSessionCookie(request) {
  const cookies = (request.headers.cookie ?? "").split("; ");
  const kept = cookies.filter((cookie) => !/^_session(\.sig)?=/.test(cookie));
  request.headers.cookie = kept.join("; ");
}
