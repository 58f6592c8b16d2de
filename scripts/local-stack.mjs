// The worker and the practice provider side by side on loopback: for npm start, the demo and the
// tests. Nothing here builds; worker/dist and web/dist must be up to date.
import { randomBytes } from "node:crypto";
import { createApiKey, createMasterKey, createRouteKey } from "../worker/keys.mjs";
import { freePort, startWorker } from "../worker/run.mjs";

const scopes = ["connections:read", "connections:write", "tokens:read", "sessions:write"];

/**
 * @typedef {object} LocalSecrets what a local deployment is made of; keep it to keep connections
 * @property {string} masterKey
 * @property {string} routeKey
 * @property {string} apiKey
 * @property {object} apiKeyEntry
 * @property {string} clientSecret
 */

/**
 * createLocalSecrets makes new keys, and an API key with every permission.
 * @param {string} [organizationId]
 * @returns {LocalSecrets}
 */
export function createLocalSecrets(organizationId = "default") {
  const { key, entry } = createApiKey({ id: "local", organizationId, scopes });
  return {
    masterKey: createMasterKey(),
    routeKey: createRouteKey(),
    apiKey: key,
    apiKeyEntry: entry,
    clientSecret: randomBytes(32).toString("base64url"),
  };
}

/**
 * @typedef {object} LocalOptions
 * @property {string} dataDir of the worker
 * @property {LocalSecrets} [secrets] new ones by default
 * @property {number} [port] of the worker; a free one by default
 * @property {number} [practicePort] a free one by default
 * @property {number} [accessTokenTtlS] 60 by default
 * @property {object[]} [providers] further entries of TENON_PROVIDERS
 * @property {(line: string) => void} [onLine] gets each line that worker or provider print
 * @property {(carried: Record<string, string>) => void} [onGrant] see the practice provider
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {any} data of a success, else undefined
 * @property {any} error of a failure, else undefined
 */

/**
 * @typedef {Awaited<ReturnType<typeof import("../worker/practice/provider.mjs").startPracticeProvider>>} Practice
 */

/**
 * @typedef {object} LocalStack
 * @property {string} url
 * @property {Practice} practice
 * @property {LocalSecrets} secrets
 * @property {Awaited<ReturnType<typeof startWorker>>} worker the running one, or the last
 * @property {(method: string, path: string, body?: object) => Promise<Answer>} api calls the worker
 *   as a server with the API key
 * @property {(userId: string) => Promise<string>} signInLink as a customer's server would make one
 * @property {() => Promise<void>} startAgain starts the worker on the same port and folder, after it
 *   has ended
 * @property {() => Promise<void>} stop
 */

/**
 * startLocalStack starts both and resolves when the worker is ready; when that fails, it rejects
 * with a readable message and leaves nothing running.
 * @param {LocalOptions} options
 * @returns {Promise<LocalStack>}
 */
export async function startLocalStack(options) {
  const { dataDir, secrets = createLocalSecrets(), onLine = () => {} } = options;
  const port = options.port || (await freePort());
  const url = `http://127.0.0.1:${port}`;
  // Its packages may have been installed since this script began.
  const { startPracticeProvider } = await import("../worker/practice/provider.mjs");
  const practice = await startPracticeProvider({
    redirectUris: [`${url}/v1/callback/practice`],
    port: options.practicePort,
    clientSecret: secrets.clientSecret,
    accessTokenTtlS: options.accessTokenTtlS,
    log: onLine,
    onGrant: options.onGrant,
  });
  const env = settingsFor({ practice, secrets, providers: options.providers ?? [] });
  const start = () => startWorker({ port, dataDir, env, onLine });
  const api = (method, path, body) => callApi({ url, key: secrets.apiKey, method, path, body });
  const stack = {
    url,
    practice,
    secrets,
    worker: await start().catch(async (problem) => {
      await practice.close();
      throw problem;
    }),
    api,
    signInLink: (userId) => requestLink(api, userId),
    startAgain: async () => {
      stack.worker = await start();
    },
    stop: async () => {
      await stack.worker.stop();
      await practice.close();
    },
  };
  return stack;
}

function settingsFor({ practice, secrets, providers }) {
  const [client] = practice.clients;
  return {
    TENON_KEYS: secrets.masterKey,
    TENON_ROUTE_KEY: secrets.routeKey,
    TENON_API_KEYS: JSON.stringify([secrets.apiKeyEntry]),
    TENON_PROVIDERS: JSON.stringify([
      { provider: "practice", issuer: practice.issuer, ...client },
      ...providers,
    ]),
  };
}

/** @returns {Promise<Answer>} */
async function callApi({ url, key, method, path, body }) {
  const headers = { authorization: `Bearer ${key}` };
  if (body) headers["content-type"] = "application/json";
  const reply = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const { data, error } = await reply.json();
  return { status: reply.status, data, error };
}

/** @returns {Promise<string>} */
async function requestLink(api, userId) {
  const { status, data, error } = await api("POST", "/v1/sessions", { userId });
  if (!data) throw new Error(`no sign-in link: HTTP ${status} ${error?.code}`);
  return data.url;
}
