// Row P16, cold: from the first import to the first verified thing in a fresh Node process. Webhooks
// are not built yet, so a state stands in for tenon's first webhook.
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { loadTenon } from "tenon";
import { lineOf } from "./lines.mjs";
import { measure, mustHold } from "./rounds.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const runProgram = promisify(execFile);
const entries = {
  "issue and verify": "first-state.mjs",
  verify: "first-verification.mjs",
  standardwebhooks: "first-webhook.mjs",
};

// A peer's time over tenon's: half the time is twice as fast.
const goals = { standardwebhooks: 2 };

/** freshLines measures both as they are deployed, in one minified file, and as npm installs them. */
export async function freshLines(rounds) {
  const folder = await mkdtemp(join(tmpdir(), "tenon-bench-"));
  try {
    const bundled = await bundleAll(folder);
    const installed = Object.fromEntries(
      Object.entries(entries).map(([name, file]) => [name, here(file)]),
    );
    return [
      ...linesFor("bundled", await measureAll(bundled, rounds)),
      ...linesFor("from node_modules", await measureAll(installed, rounds)),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function linesFor(how, figures) {
  const jobs = {
    "issue and verify": `fresh process to a state issued and verified, ${how}`,
    verify: `fresh process to a state verified, ${how}`,
  };
  return Object.entries(jobs).map(([subject, title]) =>
    lineOf({ row: "P16", engine: "Node", subject, title, goals }, figures),
  );
}

async function bundleAll(folder) {
  const code = join(folder, "code");
  await mkdir(code);
  const wasm = createRequire(import.meta.url).resolve("tenon/tenon.wasm");
  await copyFile(wasm, join(folder, "tenon.wasm"));
  await build({
    entryPoints: Object.values(entries).map(here),
    outdir: code,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  return Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, join(code, file)]),
  );
}

function signedWebhook() {
  const body = JSON.stringify({ type: "user.created", data: { id: "u1", note: "x".repeat(200) } });
  const secret = Buffer.alloc(32, 7).toString("base64");
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac("sha256", Buffer.from(secret, "base64"));
  const signature = mac.update(`msg_1.${timestamp}.${body}`).digest("base64");
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
  return JSON.stringify({ secret: `whsec_${secret}`, body, headers });
}

const claims = {
  keys: [{ id: 1, secret: Buffer.from("0123456789abcdefghijklmnopqrstuv").toString("base64url") }],
  userId: "user-7f3a91",
  provider: "google",
  redirectUri: "https://app.example/v1/callback/google",
  binding: "none",
};

async function issuedState() {
  const tenon = await loadTenon();
  return JSON.stringify({ state: tenon.state.issue(claims), claims });
}

async function measureAll(files, rounds) {
  const given = { TENON_BENCH_WEBHOOK: signedWebhook(), TENON_BENCH_STATE: await issuedState() };
  const env = { ...process.env, ...given };
  return measure({ names: Object.keys(files), turns: 1, rounds }, async (name) => {
    const program = here("first-use.mjs");
    const { stdout } = await runProgram(process.execPath, [program, files[name]], { env });
    const { us, right, refused } = JSON.parse(stdout);
    mustHold(right, `${name}'s first answer`);
    mustHold(refused, `${name} accepts a forgery`);
    return us / 1000;
  });
}
