// The rows of the table: which job runs where, beside whom, and what must come out.
//
// goals: a peer's time over tenon's must be at least this. limitUs: tenon's own time must be at most
// this. Peers without a goal are measured and shown. lessBy names a contender whose time is taken off
// both sides of the row.

const hmac = (hash, bytes) => ({
  job: `hmac-${hash.toLowerCase()}-${bytes}`,
  title: `HMAC-${hash}, ${bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`}`,
});
const state = { row: "P11", job: "state", title: "state: issue and verify" };
const pkce = { row: "P12", job: "pkce", title: "PKCE pair" };
const expiry = { row: "P13", job: "decision-expiry", engine: "Node" };
const retry = { row: "P13", job: "decision-retry", engine: "Node" };
const start = { row: "P16", job: "start-tenon.wasm", title: "compile and instantiate tenon.wasm" };
const startService = {
  row: "P16",
  job: "start-tenon-service.wasm",
  title: "the same, tenon-service.wasm",
};

export const rows = [
  {
    row: "P1",
    ...hmac("SHA-256", 64),
    engine: "Node",
    goals: { "hash-wasm": 3.4, "node:crypto": 3.9 },
    also: ["noble", "WebCrypto"],
  },
  {
    row: "P1",
    ...hmac("SHA-256", 64),
    engine: "Chromium",
    goals: { "hash-wasm": 3 },
    also: ["noble", "WebCrypto"],
  },
  {
    row: "P1",
    ...hmac("SHA-256", 64),
    engine: "workerd",
    goals: { WebCrypto: 3.2 },
    also: ["noble"],
  },
  {
    row: "P2",
    ...hmac("SHA-256", 16_384),
    engine: "Node",
    goals: { "hash-wasm": 1.35, noble: 2.8 },
    also: ["node:crypto", "WebCrypto"],
  },
  {
    row: "P2",
    ...hmac("SHA-256", 16_384),
    engine: "Chromium",
    goals: { "hash-wasm": 1.1, noble: 4 },
    also: ["WebCrypto"],
  },
  { row: "P5", ...hmac("SHA-512", 64), engine: "Node", goals: { "hash-wasm": 2.8 } },
  { row: "P5", ...hmac("SHA-512", 65_536), engine: "Node", goals: { "hash-wasm": 0.95 } },
  { row: "P5", ...hmac("SHA-1", 64), engine: "Node", goals: { "hash-wasm": 2.8 } },
  { row: "P5", ...hmac("SHA-1", 65_536), engine: "Node", goals: { "hash-wasm": 1 } },
  { ...state, engine: "Node", goals: { jose: 15 } },
  { ...state, engine: "Chromium", goals: { jose: 7 } },
  { ...state, engine: "workerd", goals: { jose: 5 } },
  { ...pkce, engine: "Node", goals: { oauth4webapi: 5, "arctic with its URL": 2.5 } },
  { ...pkce, engine: "Chromium", goals: { oauth4webapi: 2.5 }, also: ["arctic with its URL"] },
  { ...pkce, engine: "workerd", goals: { oauth4webapi: 2.5 }, also: ["arctic with its URL"] },
  {
    ...expiry,
    title: "may this token be used: a call with numbers",
    limitUs: 0.05,
    also: ["plain JavaScript"],
  },
  { ...expiry, title: "the same, with objects", subject: "expiry.decide" },
  {
    ...retry,
    title: "when to try again: a call with numbers",
    limitUs: 0.05,
    also: ["plain JavaScript"],
  },
  { ...retry, title: "the same, with objects", subject: "retry.next" },
  {
    row: "P14",
    job: "effect",
    title: "effect round trip: one of 200 commits of a runDue",
    engine: "Node",
    limitUs: 2,
    goals: { "plain async function": 0.286 },
  },
  { ...start, engine: "Node", limitUs: 2000 },
  { ...start, engine: "Chromium", limitUs: 2000 },
  { ...startService, engine: "Node" },
  { ...startService, engine: "Chromium" },
  {
    row: "P20",
    job: "access-token",
    title: "getAccessToken, over the host's own AES-GCM open",
    engine: "Node",
    lessBy: "AES-GCM open",
    limitUs: 60,
    also: ["twin"],
  },
  {
    row: "P20",
    job: "access-token",
    title: "the same, its open answered at once",
    engine: "Node",
    subject: "tenon, instant open",
    also: ["twin, instant open"],
  },
  {
    row: "P20",
    job: "access-token",
    title: "the same, open included",
    engine: "Node",
    also: ["twin", "AES-GCM open"],
  },
  {
    row: "P21",
    job: "connect",
    title: "connect: random, PKCE, state, record, URL",
    engine: "Node",
    limitUs: 150,
    also: ["oauth4webapi + jose", "AES-GCM seal"],
  },
  {
    row: "P21",
    job: "connect",
    title: "the same, its seal answered at once",
    engine: "Node",
    subject: "tenon, instant seal",
  },
];
