import { join } from "node:path";
import { buildWorker } from "../../worker/build.mjs";

// The worker as it ships, and the entries that only tests know.
const entries = {
  main: join(import.meta.dirname, "../../worker/src/main.ts"),
  probe: join(import.meta.dirname, "entries/probe.ts"),
  packaged: join(import.meta.dirname, "entries/packaged.ts"),
  suite: join(import.meta.dirname, "entries/suite.ts"),
};

export type Bundle = keyof typeof entries;

const built = new Map<Bundle, Promise<string>>();

/** bundleOf gives the folder of an entry's bundle, made once in each test file. */
export function bundleOf(name: Bundle): Promise<string> {
  const outdir = join(import.meta.dirname, "../../build/worker-tests", name);
  const folder = built.get(name) ?? buildWorker({ entry: entries[name], outdir });
  built.set(name, folder);
  return folder;
}
