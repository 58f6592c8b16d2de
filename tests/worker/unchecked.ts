import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capnpText, objectKey } from "../../worker/capnp.mjs";
import { freePort, workerdPath } from "../../worker/run.mjs";
import { bundleOf } from "./bundles.ts";

/** startUnchecked runs the worker without waiting for it to be healthy. */
export async function startUnchecked(dataDir: string, env: Record<string, string>) {
  const port = await freePort();
  const objects = join(dataDir, "objects");
  mkdirSync(join(objects, objectKey), { recursive: true });
  const config = join(dataDir, "unchecked.capnp");
  const workerDir = await bundleOf("main");
  writeFileSync(config, capnpText({ configDir: dataDir, workerDir, dataDir: objects, port }));
  const child = spawn(workerdPath(), ["serve", config], { env, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries += 1) {
    if (await fetch(url).catch(() => undefined)) break;
    await new Promise((done) => setTimeout(done, 25));
  }
  const stop = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { url, stop };
}
