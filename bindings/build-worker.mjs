// Writes dist/worker: the edge worker as one module that imports Hono and the rest of this package,
// and its types.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

await build({
  entryPoints: [path("../worker/src/index.ts")],
  outfile: path("./dist/worker/index.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  packages: "external",
  logLevel: "warning",
});
const tsc = path("../node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", path("./tsconfig.worker.json")], { stdio: "inherit" });
