// Row P16, cold: from the first import to the first verified thing in a fresh Node process. Webhooks
// are not built yet, so a state stands in for tenon's first webhook: it is issued and verified.
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { lineOf } from "./lines.mjs";
import { measure, mustHold } from "./rounds.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const runProgram = promisify(execFile);
const entries = { tenon: "first-state.mjs", standardwebhooks: "first-webhook.mjs" };

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
    const title = "fresh process to first verification (state; webhook)";
    const row = { row: "P16", engine: "Node" };
    return [
      lineOf({ ...row, title: `${title}, bundled`, goals }, await measureAll(bundled, rounds)),
      lineOf(
        { ...row, title: "the same, from node_modules", also: Object.keys(goals) },
        await measureAll(installed, rounds),
      ),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
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

function measureAll(files, rounds) {
  const env = { ...process.env, TENON_BENCH_WEBHOOK: signedWebhook() };
  return measure({ names: Object.keys(files), turns: 1, rounds }, async (name) => {
    const program = here("first-use.mjs");
    const { stdout } = await runProgram(process.execPath, [program, files[name]], { env });
    const { us, right, refused } = JSON.parse(stdout);
    mustHold(right, `${name}'s first answer`);
    mustHold(refused, `${name} accepts a forgery`);
    return us / 1000;
  });
}
