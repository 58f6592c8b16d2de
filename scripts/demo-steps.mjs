// The main job, once, against the real thing: each step does one thing and says what it saw.
import { setTimeout as sleep } from "node:timers/promises";
import { approve } from "../worker/practice/approve.mjs";
import { must } from "./demo-run.mjs";
import { searchForSecrets } from "./demo-secrets.mjs";
import { createVisitor } from "./demo-visitor.mjs";
import { startLocalStack } from "./local-stack.mjs";
import { readFolder } from "./secret-scan.mjs";

const ttlS = 5;
const userId = "demo-user";
const account = "ada";

/**
 * createDemo is what the steps hand on to each other. lines collects everything that is printed or
 * logged, grants what token requests carried, snapshots the bytes of the storage.
 * @param {string} dataDir
 */
export function createDemo(dataDir) {
  return { dataDir, userId, lines: [], grants: [], snapshots: [], handed: [], stack: null };
}

const word = (answer) => `${answer.status} ${answer.error?.code ?? ""}`.trim();

async function start(demo) {
  demo.stack = await startLocalStack({
    dataDir: demo.dataDir,
    accessTokenTtlS: ttlS,
    onLine: (line) => demo.lines.push(line),
    onGrant: (carried) => demo.grants.push(carried),
  });
  const { url, practice } = demo.stack;
  return `The worker is at ${url}, the provider at ${practice.issuer}.`;
}

async function signIn(demo) {
  const { stack } = demo;
  const link = new URL(await stack.signInLink(userId));
  const token = new URLSearchParams(link.hash.slice(1)).get("session");
  demo.visitor = createVisitor(stack.url);
  const answer = await demo.visitor.call("POST", "/v1/sessions/browser", { token });
  must(answer.status === 201, `the sign-in link was refused: ${word(answer)}`);
  const cookie = demo.visitor.jar.header("/").split("tenon-session=")[1];
  demo.handed.push({ name: "the sign-in token", value: token });
  demo.handed.push({ name: "the session cookie", value: cookie.split(";")[0] });
  return "A sign-in link was traded for a session cookie.";
}

async function connect(demo) {
  const answer = await demo.visitor.call("POST", "/v1/connect/practice", { redirectUrl: "/" });
  must(answer.status === 201, `connect was refused: ${word(answer)}`);
  demo.authUrl = answer.data.authUrl;
  const names = new URL(demo.authUrl).searchParams;
  must(names.get("code_challenge_method") === "S256", "the address has no PKCE challenge");
  must(names.get("state")?.includes("."), "the address has no signed state");
  demo.snapshots.push(await readFolder(demo.dataDir));
  return "The consent page's address has a signed state and a PKCE challenge.";
}

async function consent(demo) {
  demo.callbackUrl = await approve({ authorizationUrl: demo.authUrl, user: account });
  must(new URL(demo.callbackUrl).searchParams.get("code"), "the provider sent no code");
  return `${account} signed in at the provider and allowed all that was asked.`;
}

async function callback(demo) {
  const reply = await demo.visitor.open(demo.callbackUrl);
  const location = reply.headers.get("location") ?? "no address";
  must(reply.status === 303, `the callback answered ${reply.status} instead of 303`);
  must(location.includes("tenon=connected"), `the callback went on to ${location}`);
  const exchanges = demo.stack.practice.requests.count("token");
  must(exchanges === 1, `${exchanges} token requests were sent instead of 1`);
  return "One request exchanged the code; the browser goes to a clean address.";
}

/** listOne gives the only connection, which must be connected. */
async function listOne(demo) {
  const answer = await demo.visitor.call("GET", "/v1/connections");
  must(answer.status === 200, `the list answered ${word(answer)}`);
  const { connections } = answer.data;
  must(connections.length === 1, `the list has ${connections.length} connections instead of 1`);
  const [connection] = connections;
  must(connection.status === "connected", `the connection is ${connection.status}`);
  return connection;
}

async function list(demo) {
  demo.connection = await listOne(demo);
  const { accountName, expiresAt } = demo.connection;
  const left = Math.round((Date.parse(expiresAt) - Date.now()) / 1000);
  return `One connection, ${accountName}: connected, its token expires in ${left} s.`;
}

/** readToken asks for an access token as a server with an API key does. */
async function readToken(demo) {
  const answer = await demo.stack.api("GET", `/v1/connections/${demo.connection.id}/token`);
  must(answer.status === 200, `no token: ${word(answer)}`);
  return answer.data;
}

async function token(demo) {
  demo.token = await readToken(demo);
  return "A server with the API key got an access token.";
}

async function openCalendar(demo, accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` };
  const reply = await fetch(`${demo.stack.practice.issuer}/api/calendar`, { headers });
  return { status: reply.status, body: await reply.json() };
}

async function apiCall(demo) {
  const { status, body } = await openCalendar(demo, demo.token.accessToken);
  must(status === 200, `the provider's calendar answered ${status}`);
  must(body.account.username === account, `the calendar is of ${body.account.username}`);
  return `The token opened the calendar of ${account}: “${body.events[0].title}”.`;
}

async function expiry(demo) {
  // Worker and provider each go by a clock and a rounding of their own: wait until both have done.
  const { accessToken, expiresAt } = demo.token;
  const left = Date.parse(expiresAt) - Date.now();
  must(left <= ttlS * 1000, `the worker believes that the token lives for ${left} ms more`);
  const deadline = Date.now() + (ttlS + 5) * 1000;
  await sleep(Math.max(left, 0));
  while ((await openCalendar(demo, accessToken)).status !== 401) {
    must(Date.now() < deadline, `the provider accepts the token ${ttlS + 5} s later`);
    await sleep(100);
  }
  return `The token ran out after its ${ttlS} s, and the provider refuses it now.`;
}

async function refresh(demo) {
  const old = demo.token;
  demo.token = await readToken(demo);
  must(demo.token.accessToken !== old.accessToken, "the worker handed out the expired token");
  const { status } = await openCalendar(demo, demo.token.accessToken);
  must(status === 200, `the calendar answered ${status} to the new token`);
  return "The worker handed out a refreshed token, and it opened the calendar.";
}

async function killAndRestart(demo) {
  const { worker } = demo.stack;
  await worker.kill("SIGKILL");
  demo.snapshots.push(await readFolder(demo.dataDir));
  await demo.stack.startAgain();
  return `kill -9 ended process ${worker.pid}; ${demo.stack.worker.pid} goes on with its folder.`;
}

async function stillConnected(demo) {
  const { id } = await listOne(demo);
  must(id === demo.connection.id, "it is another connection than before");
  // A fresh token, so that the next steps see it revoked and not expired.
  const answer = await demo.visitor.call("POST", `/v1/connections/${id}/refresh`, { force: true });
  must(answer.status === 200, `refresh answered ${word(answer)}`);
  demo.token = await readToken(demo);
  const { status } = await openCalendar(demo, demo.token.accessToken);
  must(status === 200, `the calendar answered ${status} after the restart`);
  return "Session and connection survived; a new token opens the calendar.";
}

async function disconnect(demo) {
  const answer = await demo.visitor.call("DELETE", `/v1/connections/${demo.connection.id}`);
  must(answer.status === 200, `disconnect answered ${word(answer)}`);
  const { status, revocation } = answer.data;
  must(status === "disconnected", `the connection is ${status}`);
  must(revocation === "done", `the revocation is ${revocation}`);
  return "The worker forgot the tokens and had the provider revoke them.";
}

async function spendRefreshToken(demo) {
  const { issuer, clients } = demo.stack.practice;
  const [{ clientId, clientSecret }] = clients;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const refreshToken = demo.grants.at(-1).refresh_token;
  const reply = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
  });
  return `${reply.status} ${(await reply.json()).error}`;
}

async function revoked(demo) {
  const { status } = await openCalendar(demo, demo.token.accessToken);
  must(Date.now() < Date.parse(demo.token.expiresAt), "the token ran out before it could be tried");
  must(status === 401, `the calendar answered ${status} to a revoked token`);
  const spent = await spendRefreshToken(demo);
  must(spent === "400 invalid_grant", `the refresh token was answered with ${spent}`);
  const answer = await demo.stack.api("GET", `/v1/connections/${demo.connection.id}/token`);
  must(answer.status === 404, `the worker answered ${word(answer)} instead of 404`);
  return "API: 401. Refresh at the provider: invalid_grant. Worker: 404.";
}

/** steps is the demo, in order. */
export const steps = [
  { name: "start", run: start },
  { name: "sign in", run: signIn },
  { name: "connect", run: connect },
  { name: "consent", run: consent },
  { name: "callback", run: callback },
  { name: "list", run: list },
  { name: "token", run: token },
  { name: "API call", run: apiCall },
  { name: "expiry", run: expiry },
  { name: "refresh", run: refresh },
  { name: "kill and restart", run: killAndRestart },
  { name: "still connected", run: stillConnected },
  { name: "disconnect", run: disconnect },
  { name: "revoked", run: revoked },
  { name: "secrets", run: searchForSecrets },
];
