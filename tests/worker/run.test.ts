import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKey, createMasterKey, createRouteKey } from "../../worker/keys.mjs";
import { freePort, startWorker } from "../../worker/run.mjs";
import { bundleOf } from "./bundles.ts";

const { entry } = createApiKey({ id: "key", scopes: ["connections:read"] });
const env = {
  TENON_KEYS: createMasterKey(),
  TENON_ROUTE_KEY: createRouteKey(),
  TENON_API_KEYS: JSON.stringify([entry]),
  TENON_PROVIDERS: "[]",
};

const runModule = new URL("../../worker/run.mjs", import.meta.url).href;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the process that runs the worker", () => {
  let folder: string;
  let workerDir: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tenon-run-"));
    workerDir = await bundleOf("main");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program that starts a worker and prints its pid. */
  const host = (name: string, more = "") => {
    const options = { dataDir: join(folder, name), workerDir, env };
    const program = `
      import { startWorker } from ${JSON.stringify(runModule)};
      const worker = await startWorker(${JSON.stringify(options)});
      ${more}
      console.log(worker.pid);`;
    return spawn(process.execPath, ["--input-type=module", "--eval", program]);
  };

  test.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)("ends with it on %s", async (signal) => {
    const child = host(signal);
    const [pid] = await once(child.stdout, "data");
    expect(isAlive(Number(pid))).toBe(true);
    child.kill(signal);
    expect((await once(child, "exit"))[1]).toBe(signal);
    // A process whose parent has gone is there until the system has collected it.
    await expect.poll(() => isAlive(Number(pid)), { timeout: 20_000 }).toBe(false);
  });

  test("leaves a signal to a program that listens for it, and ends all the same", async () => {
    const stop = "process.once('SIGTERM', async () => { await worker.stop(); process.exit(7); });";
    const child = host("listening", stop);
    const [pid] = await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(7);
    expect(isAlive(Number(pid))).toBe(false);
  });

  test("keeps its data folder to its owner", async () => {
    const dataDir = join(folder, "outer", "data");
    const worker = await startWorker({ dataDir, workerDir, env });
    await worker.stop();
    for (const path of [dataDir, join(dataDir, "objects")]) {
      expect(statSync(path).mode & 0o777, path).toBe(0o700);
    }
  });

  test("says so when the port that was asked for is taken", async () => {
    const port = await freePort();
    // It accepts and never answers, so that nothing but the worker's own end can tell.
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const dataDir = join(folder, "taken");
    const refused = startWorker({ port, dataDir, workerDir, env });
    await expect(refused).rejects.toThrow("Address already in use");
    server.close();
  });
});
