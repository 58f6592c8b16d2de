// Rows P20 and P21: whole flows with an in-memory host, in CPU time of this process.
import { createMemoryStorage } from "tenon/hosts/memory";
import { withIssuer } from "tenon/providers";
import practice from "tenon/providers/practice";
import { createIntegrations } from "tenon/service";
import { mustHold, mustRefuse } from "./rounds.mjs";
import { createPeer } from "./service-peer.mjs";
import { aadOf, createTwin, openSealed, readSealed, sealingKey } from "./service-twin.mjs";

const issuer = "https://provider.example";
const redirectUri = "https://app.example/v1/callback/practice";
const accessToken = "ya29.a0AfB_byC".padEnd(218, "x7Qk2");
const tokens = {
  token_type: "Bearer",
  refresh_token: "refresh-1".padEnd(64, "w9"),
  expires_in: 3600,
};
const secret = Uint8Array.from({ length: 32 }, (_, i) => (i * 13 + 1) & 255);
const who = { organizationId: "acme", userId: "user-7f3a91", provider: "practice" };
const account = { ...who, accountId: "account-1" };
const provider = {
  entry: withIssuer(practice, issuer),
  clientId: "client",
  clientSecret: "a-client-secret",
  redirectUri,
};

/** aService is what createIntegrations needs besides a store. */
export const aService = { keys: [{ id: 1, secret }], providers: [provider], fetch: answer };

// A flow takes tens of microseconds and awaits: a longer slot evens out what the collector takes.
// Engines optimise wasm function by function, after some thousand calls of each.
const timing = { slotMs: 40, warmUpMs: 1200, clock: cpuClock };

/** cpuClock times n runs by the CPU time of all threads of this process. */
async function cpuClock(contender, n) {
  const start = process.cpuUsage();
  for (let i = 0; i < n; i++) await contender();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** serviceJobs gives the jobs of both rows. */
export function serviceJobs() {
  return [
    { id: "access-token", open: openAccessToken },
    { id: "connect", open: openConnect },
  ];
}

async function answer(url) {
  return new URL(url).pathname === "/token"
    ? Response.json({ ...tokens, access_token: accessToken })
    : Response.json({ sub: "account-1", preferred_username: "ada", name: "Ada" });
}

function openService(storage) {
  return createIntegrations({ ...aService, storage });
}

const begin = (service) => service.initiateOAuthFlow(who);

function finish(service, { state, cookie }) {
  return service.handleOAuthCallback({
    ...who,
    query: new URLSearchParams({ code: "c", state, iss: issuer }).toString(),
    cookie: `${cookie.name}=${cookie.value}`,
  });
}

async function openAccessToken() {
  const storage = createMemoryStorage();
  const service = await openService(storage);
  await finish(service, await begin(service));
  const key = await sealingKey(secret);
  const twin = createTwin(storage, new Map([[1, key]]));
  const [record, row] = readRecord(storage);
  const sealed = { ...readSealed(record.accessToken), aad: aadOf(record) };
  const [ownTokens, twinTokens] = [() => service.getAccessToken(account), () => twin(account)];
  const instantOpen = () => instead("decrypt", new TextEncoder().encode(accessToken));
  return {
    ...timing,
    arrange: { "tenon, instant open": instantOpen, "twin, instant open": instantOpen },
    contenders: {
      tenon: ownTokens,
      twin: twinTokens,
      "AES-GCM open": () => openSealed(key, sealed),
      "tenon, instant open": ownTokens,
      "twin, instant open": twinTokens,
    },
    check: () => checkAccessToken({ storage, service, twin, record, row }),
  };
}

/**
 * instead has WebCrypto answer one call at once with what it would have found, and gives the function
 * that ends it: what is then measured is the flow alone, without the engine's AES and its threads.
 */
function instead(method, answerBytes) {
  const { subtle } = crypto;
  Object.defineProperty(subtle, method, {
    value: async () => answerBytes.slice().buffer,
    configurable: true,
  });
  return () => delete subtle[method];
}

function readRecord(storage) {
  const [key, { value }] = storage.dump().rows.find(([name]) => name.startsWith("connection/"));
  return [JSON.parse(value), key];
}

async function checkAccessToken({ storage, service, twin, record, row }) {
  const sides = { tenon: () => service.getAccessToken(account), twin: () => twin(account) };
  const write = (changed) =>
    storage.commit({ checks: [], writes: [{ key: row, value: JSON.stringify(changed) }] });
  for (const [name, getToken] of Object.entries(sides)) {
    mustHold((await getToken()) === accessToken, `${name}'s token`);
  }
  const text = record.accessToken;
  const forgeries = [
    { accessToken: `${text.slice(0, -9)}${text.at(-9) === "A" ? "B" : "A"}${text.slice(-8)}` },
    { generation: record.generation + 1 },
    { organization: "globex" },
  ];
  for (const forgery of forgeries) {
    await write({ ...record, ...forgery });
    for (const [name, getToken] of Object.entries(sides)) {
      await mustRefuse(getToken, `${name} for a row with another ${Object.keys(forgery)}`);
    }
  }
  await write(record);
}

const rowsKept = 1000;

// Started connections wait for ten minutes; without this they would pile up for the whole run.
function forgetfulStorage() {
  let store = createMemoryStorage();
  let commits = 0;
  return {
    get: (keys) => store.get(keys),
    list: (range) => store.list(range),
    commit: (batch) => {
      if (++commits % rowsKept === 0) store = createMemoryStorage();
      return store.commit(batch);
    },
  };
}

async function openConnect() {
  const service = await openService(forgetfulStorage());
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secrets = {
    sign: await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]),
    seal: await sealingKey(secret),
  };
  const peer = createPeer({ storage: forgetfulStorage(), provider, secrets });
  const own = () => begin(service);
  const instantSeal = () => instead("encrypt", new Uint8Array(43 + 16));
  const verifier = new Uint8Array(43);
  const aad = new Uint8Array(96);
  const seal = () => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const parameters = { name: "AES-GCM", iv, additionalData: aad };
    return crypto.subtle.encrypt(parameters, secrets.seal, verifier);
  };
  return {
    ...timing,
    arrange: { "tenon, instant seal": instantSeal },
    contenders: {
      tenon: own,
      "oauth4webapi + jose": () => peer.connect(who),
      "AES-GCM seal": seal,
      "tenon, instant seal": own,
    },
    check: () => checkConnect(service, peer),
  };
}

// The signature is at the end of either form of state.
const forgedState = (state) =>
  state.slice(0, -9) + (state.at(-9) === "A" ? "B" : "A") + state.slice(-8);

async function checkConnect(service, peer) {
  const parametersOf = ({ authUrl }) => new URL(authUrl).searchParams;
  const started = await begin(service);
  const theirs = await peer.connect(who);
  const [names, theirNames] = [started, theirs].map((each) =>
    [...parametersOf(each).keys()].sort(),
  );
  mustHold(names.join() === theirNames.join(), `parameters ${names} and ${theirNames}`);
  await mustRefuse(
    () => finish(service, { ...started, state: forgedState(started.state) }),
    "tenon for a forged state",
  );
  await mustRefuse(() => peer.finish(forgedState(theirs.state), theirs.cookie), "jose for a state");
  await mustRefuse(() => peer.finish(theirs.state, "another"), "jose for another browser");
  const { accountId } = await finish(service, started);
  mustHold(accountId === "account-1", "tenon's connection");
  const verifier = await peer.finish(theirs.state, theirs.cookie);
  mustHold(/^[\w-]{43}$/.test(verifier), "the peer's verifier");
}
