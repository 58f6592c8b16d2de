// Starts the raw workerd binary on a free port with one bundled worker, its wasm modules and a SQLite
// Durable Object on a scratch disk.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";

// The npm package gives the path of the binary itself.
const workerd: string = createRequire(import.meta.url)("workerd").default;

export interface RunningWorker {
  url: string;
  stop(): Promise<void>;
}

export interface WorkerPlan {
  // entry is the worker's source file.
  entry: string;
  // className is its Durable Object class, bound as STORE.
  className?: string;
  // variables are text bindings.
  variables?: Record<string, string>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

// bundle writes the worker beside the wasm files it imports and lists those.
async function bundle(entry: string, folder: string): Promise<string[]> {
  const wasm: string[] = [];
  await build({
    entryPoints: [entry],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "import"],
    logLevel: "error",
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    plugins: [
      {
        name: "list wasm",
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.wasm$/ }, ({ path }) => {
            wasm.push(basename(path));
            return undefined;
          }),
      },
    ],
  });
  return [...new Set(wasm)];
}

function configuration({ className, variables }: WorkerPlan, port: number, wasm: string[]): string {
  const modules = [
    `(name = "./worker.js", esModule = embed "worker.js")`,
    ...wasm.map((file) => `(name = "./${file}", wasm = embed "${file}")`),
  ];
  const bindings = Object.entries(variables ?? {}).map(
    ([name, text]) => `(name = "${name}", text = "${text}")`,
  );
  if (className) bindings.push(`(name = "STORE", durableObjectNamespace = "${className}")`);
  const objects = className
    ? `durableObjectNamespaces = [ (className = "${className}", uniqueKey = "store", enableSql = true) ],
  durableObjectStorage = (localDisk = "disk"),`
    : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main), (name = "disk", disk = (path = "disk", writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ] );
const main :Workerd.Worker = (
  modules = [ ${modules.join(", ")} ],
  ${objects}
  bindings = [ ${bindings.join(", ")} ],
  compatibilityDate = "2026-10-01" );
`;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`workerd ended with ${child.exitCode}`);
    const answered = await fetch(url, { redirect: "manual" }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("workerd did not answer");
}

export async function startWorker(plan: WorkerPlan): Promise<RunningWorker> {
  const folder = await mkdtemp(join(tmpdir(), "tenon-workerd-"));
  await mkdir(join(folder, "disk"));
  const wasm = await bundle(plan.entry, folder);
  const port = await freePort();
  const file = join(folder, "config.capnp");
  await writeFile(file, configuration(plan, port, wasm));
  const child = spawn(workerd, ["serve", file], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(`${url}/ready`, child);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { url, stop };
}
