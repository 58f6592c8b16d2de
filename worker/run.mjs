// Starts the worker on the workerd binary and waits until it answers. For `npm start`, the demo,
// the tests, and anybody who hosts it himself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { capnpText, objectKey, settings } from "./capnp.mjs";
import { beforeEnding } from "./ending-signals.mjs";

/** @typedef {import("node:stream").Readable} Readable */

const here = dirname(fileURLToPath(import.meta.url));
const startMs = 20_000;
const stopMs = 5_000;
const answerMs = 5_000;
const portTries = 5;
const addressInUse = "Address already in use";

/** workerdPath finds the native binary; the package's own command is a wrapper that would keep the
 * port when it is killed. */
export function workerdPath() {
  const platforms = {
    "linux-x64": "workerd-linux-64",
    "linux-arm64": "workerd-linux-arm64",
    "darwin-x64": "workerd-darwin-64",
    "darwin-arm64": "workerd-darwin-arm64",
  };
  const name = platforms[`${process.platform}-${process.arch}`];
  if (!name) throw new Error(`workerd has no binary for ${process.platform} ${process.arch}.`);
  // Beside the workerd package, whose optional dependency it is.
  const from = createRequire(createRequire(import.meta.url).resolve("workerd/package.json"));
  return join(dirname(from.resolve(`@cloudflare/${name}/package.json`)), "bin/workerd");
}

/** freePort gives a loopback port that nobody listens on at the moment. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * @typedef {object} WorkerOptions
 * @property {string} dataDir made when it is not there, for its owner alone
 * @property {number} [port] 0 or none takes a free one
 * @property {Record<string, string | undefined>} [env] the settings, TENON_…
 * @property {string} [workerDir] bundle and wasm; worker/dist by default
 * @property {string} [dashboardDir] static files; web/dist by default, none when it is not there
 * @property {(line: string) => void} [onLine] gets every line that the process prints
 * @property {string[]} [variables] further settings by name
 */

/**
 * startWorker runs the worker and resolves once it is healthy, with { url, port, pid, logs,
 * exited, kill(signal), stop() }. It rejects with a readable message when the settings are not
 * complete or the process ends. TENON_PUBLIC_URL defaults to the loopback address. logs keeps the
 * last 10,000 lines that the process printed. A signal that ends this process ends the worker too.
 * @param {WorkerOptions} options
 */
export async function startWorker(options) {
  if (options.port) return startOn(options.port, options);
  for (let left = portTries; ; left -= 1) {
    try {
      return await startOn(await freePort(), options);
    } catch (problem) {
      // Somebody else was quicker to take the port.
      const isTaken = problem instanceof Error && problem.message.includes(addressInUse);
      if (!isTaken || left <= 1) throw problem;
    }
  }
}

/**
 * @param {number} port
 * @param {WorkerOptions} options
 */
async function startOn(port, options) {
  const { env = {}, onLine = () => {}, variables = [] } = options;
  const address = `http://127.0.0.1:${port}`;
  const publicUrl = env.TENON_PUBLIC_URL ?? address;
  const configPath = await writeConfig({ ...options, port, local: isLocal(publicUrl) });
  const named = [...settings, ...variables].filter((name) => env[name] !== undefined);
  const child = spawn(workerdPath(), ["serve", configPath], {
    env: {
      ...Object.fromEntries(named.map((name) => [name, env[name]])),
      TENON_PUBLIC_URL: publicUrl,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const worker = handle(child, { url: publicUrl, port, onLine });
  try {
    await healthy(`${address}/ready`, worker);
  } catch (problem) {
    await worker.stop();
    throw problem;
  }
  return worker;
}

/**
 * writeConfig makes the data folder and gives the path of the configuration in it.
 * @param {WorkerOptions & { port: number, local: boolean }} options
 */
async function writeConfig({
  port,
  local,
  dataDir,
  workerDir = join(here, "dist"),
  dashboardDir = join(here, "../web/dist"),
  variables = [],
}) {
  const data = resolve(dataDir);
  const configPath = join(data, "workerd.capnp");
  const objects = join(data, "objects");
  await mkdir(join(objects, objectKey), { recursive: true, mode: 0o700 });
  const config = capnpText({
    configDir: data,
    workerDir: resolve(workerDir),
    dataDir: objects,
    port,
    dashboardDir: existsSync(dashboardDir) ? resolve(dashboardDir) : undefined,
    local,
    variables,
  });
  await writeFile(configPath, config);
  return configPath;
}

/** @param {string} url */
function isLocal(url) {
  return URL.canParse(url) && new URL(url).protocol === "http:";
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<null, Readable, Readable>} child
 * @param {{ url: string, port: number, onLine: (line: string) => void }} options
 */
function handle(child, { url, port, onLine }) {
  /** @type {string[]} */
  const logs = [];
  /** @param {string} line */
  const take = (line) => {
    logs.push(line);
    if (logs.length > 10_000) logs.shift();
    onLine(line);
  };
  createInterface({ input: child.stdout }).on("line", take);
  createInterface({ input: child.stderr }).on("line", take);
  // The port is free only after the process has gone, so every way to stop waits for that; and its
  // last words are read by then.
  const exited = new Promise((done) => {
    child.once("error", (problem) => done({ problem }));
    child.once("close", (code, signal) => done({ code, signal }));
  });
  /** @param {NodeJS.Signals} signal */
  const kill = async (signal = "SIGKILL") => {
    child.kill(signal);
    return exited;
  };
  // A parent that ends must not leave a process behind that holds the port.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  // Whoever listens for the signal besides may want to see the worker stop in order.
  const forget = beforeEnding((_, isLast) => child.kill(isLast ? "SIGKILL" : "SIGTERM"));
  exited.then(() => {
    process.off("exit", end);
    forget();
  });
  const stop = async () => {
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
    await kill("SIGTERM");
    clearTimeout(timer);
  };
  return { url, port, pid: child.pid, logs, exited, kill, stop };
}

/**
 * ask gives the answer, or undefined when there is none in time.
 * @param {string} address
 */
function ask(address) {
  return fetch(address, { signal: AbortSignal.timeout(answerMs) }).catch(() => undefined);
}

/**
 * @param {string} address
 * @param {ReturnType<typeof handle>} worker
 */
async function healthy(address, worker) {
  let hasEnded = false;
  const ended = worker.exited.then(() => {
    hasEnded = true;
    return undefined;
  });
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline) {
    if (hasEnded) throw new Error(`The worker ended while starting.\n${worker.logs.join("\n")}`);
    const answer = await Promise.race([ask(address), ended]);
    if (answer?.ok) return;
    if (answer) {
      const body = await answer.json().catch(() => undefined);
      throw new Error(
        `The worker cannot start: ${body?.error?.message ?? `HTTP ${answer.status}`}`,
      );
    }
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`The worker did not answer within ${startMs / 1000} s.`);
}

/** Run directly, it hosts the worker with the settings of the environment until it is stopped:
 * node worker/run.mjs [--port 8787] [--data .tenon/data] */
async function main(args) {
  const option = (name, fallback) => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? fallback : args[at + 1];
  };
  const worker = await startWorker({
    port: Number(option("port", "8787")),
    dataDir: option("data", join(here, "../.tenon/data")),
    env: process.env,
    onLine: (line) => console.log(line),
  });
  console.log(`tenon is ready at ${worker.url}`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => worker.stop());
  const { code } = await worker.exited;
  process.exitCode = code ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((problem) => {
    console.error(problem.message);
    process.exitCode = 1;
  });
}
