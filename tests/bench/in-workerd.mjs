// The jobs in workerd, timed from here: the time of a call that runs a job n times, less that of one
// that runs it not at all.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWorker } from "../../worker/build.mjs";
import { freePort, workerdPath } from "../../worker/run.mjs";
import { measure, median } from "./rounds.mjs";

// Long enough that half a millisecond of HTTP, well known as it is, does not matter.
const slotMs = 30;
const emptyCalls = 15;
const startMs = 10_000;

const configuration = (port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ] );
const main :Workerd.Worker = (
  modules = [
    (name = "./worker.js", esModule = embed "out/worker.js"),
    (name = "./tenon.wasm", wasm = embed "out/tenon.wasm") ],
  compatibilityDate = "2026-10-01" );
`;

async function untilReady(url, child) {
  const deadline = performance.now() + startMs;
  while (performance.now() < deadline && child.exitCode === null) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply?.ok) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("workerd did not start");
}

/** openWorkerd starts the runtime and gives its engine; close ends it. */
export async function openWorkerd() {
  const folder = await mkdtemp(join(tmpdir(), "tenon-bench-"));
  const entry = fileURLToPath(new URL("worker.mjs", import.meta.url));
  await buildWorker({ entry, outdir: join(folder, "out") });
  const port = await freePort();
  const file = join(folder, "bench.capnp");
  await writeFile(file, configuration(port));
  const child = spawn(workerdPath(), ["serve", file], { stdio: ["ignore", "inherit", "inherit"] });
  const exited = once(child, "exit");
  const close = async () => {
    child.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true });
  };
  const url = `http://127.0.0.1:${port}/`;
  try {
    await untilReady(url, child);
  } catch (failure) {
    await close();
    throw failure;
  }
  return { measure: (question) => measureAt(url, question), close };
}

async function measureAt(url, { job, names, rounds }) {
  const call = async (name, n) => {
    const start = performance.now();
    const reply = await fetch(url, { method: "POST", body: JSON.stringify({ job, name, n }) });
    const text = await reply.text();
    const ms = performance.now() - start;
    if (!reply.ok) throw new Error(text);
    return ms;
  };
  const empty = [];
  for (let i = 0; i < emptyCalls; i++) empty.push(await call(names[0], 0));
  const overhead = median(empty);
  return measure({ names, slotMs, rounds }, async (name, n) =>
    Math.max(0, (await call(name, n)) - overhead),
  );
}
