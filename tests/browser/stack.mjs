import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiKey, createMasterKey, createRouteKey } from "../../worker/keys.mjs";
import { startPracticeProvider } from "../../worker/practice/provider.mjs";
import { freePort, startWorker } from "../../worker/run.mjs";

const scopes = ["connections:read", "connections:write", "tokens:read", "sessions:write"];

/**
 * @typedef {object} Stack the worker that serves the dashboard, and the provider it connects to
 * @property {string} url
 * @property {Awaited<ReturnType<typeof startPracticeProvider>>} practice
 * @property {(userId: string) => Promise<string>} signInLink as a customer's server would make one
 * @property {() => Promise<void>} stop
 */

/**
 * startStack runs the real thing on free loopback ports, with a data folder of its own; access
 * tokens live for ttlS seconds. GitHub and Google are configured too, but nobody can sign in there.
 * @param {{ ttlS?: number, organizationId?: string }} [options]
 * @returns {Promise<Stack>}
 */
export async function startStack({ ttlS = 60, organizationId = "workshop" } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const practice = await startPracticeProvider({
    redirectUris: [`${url}/v1/callback/practice`],
    accessTokenTtlS: ttlS,
  });
  const { key, entry } = createApiKey({ id: "tests", organizationId, scopes });
  const dataDir = await mkdtemp(join(tmpdir(), "tenon-browser-"));
  const stop = async () => {
    await practice.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const env = settingsFor(practice, entry);
    const worker = await startWorker({ port, dataDir, env });
    return {
      url,
      practice,
      signInLink: (userId) => requestLink(url, key, userId),
      stop: () => worker.stop().finally(stop),
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/**
 * @param {Stack["practice"]} practice
 * @param {object} apiKey
 */
function settingsFor(practice, apiKey) {
  const [client] = practice.clients;
  return {
    TENON_KEYS: createMasterKey(),
    TENON_ROUTE_KEY: createRouteKey(),
    TENON_API_KEYS: JSON.stringify([apiKey]),
    TENON_PROVIDERS: JSON.stringify([
      { provider: "practice", issuer: practice.issuer, ...client },
      { provider: "github", clientId: "not-registered", clientSecret: "none" },
      { provider: "google", clientId: "not-registered", clientSecret: "none" },
    ]),
  };
}

/**
 * @param {string} url
 * @param {string} key
 * @param {string} userId
 * @returns {Promise<string>}
 */
async function requestLink(url, key, userId) {
  const reply = await fetch(`${url}/v1/sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ userId }),
  });
  const envelope = await reply.json();
  if (!envelope.data) throw new Error(`no sign-in link: HTTP ${reply.status}`);
  return envelope.data.url;
}
