import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiKey, createMasterKey, createRouteKey } from "../../worker/keys.mjs";
import { startWorker } from "../../worker/run.mjs";
import { bundleOf } from "./bundles.ts";
import type { Json } from "./stage.ts";

export interface Suite {
  /** ask gives the JSON that the suite worker answers with, or throws what it says went wrong. */
  ask(path: string, body?: string): Promise<Json>;
  close(): Promise<void>;
}

/** openSuite starts the worker that runs shared suites inside workerd. */
export async function openSuite(): Promise<Suite> {
  const dataDir = await mkdtemp(join(tmpdir(), "tenon-suite-"));
  const { entry } = createApiKey({ id: "unused", scopes: [] });
  const worker = await startWorker({
    dataDir,
    workerDir: await bundleOf("suite"),
    env: {
      TENON_KEYS: createMasterKey(),
      TENON_ROUTE_KEY: createRouteKey(),
      TENON_API_KEYS: JSON.stringify([entry]),
    },
  });
  const ask = async (path: string, body?: string) => {
    const answer = await fetch(worker.url + path, { method: body ? "POST" : "GET", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  const close = async () => {
    await worker.stop();
    await rm(dataDir, { recursive: true });
  };
  return { ask, close };
}
