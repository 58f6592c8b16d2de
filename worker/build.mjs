// Bundles the worker into one module. The wasm files stay apart, as the runtime compiles them
// itself: compiling at run time is forbidden there.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** Keeps *.wasm imports as imports of a file beside the bundle, and copies that file there. */
function wasmBeside(folder) {
  return {
    name: "wasm-beside",
    setup(building) {
      building.onResolve({ filter: /\.wasm$/ }, async (found) => {
        if (found.pluginData === "resolving") return undefined;
        const { path, errors } = await building.resolve(found.path, {
          kind: found.kind,
          resolveDir: found.resolveDir,
          pluginData: "resolving",
        });
        if (errors.length > 0) return { errors };
        const name = basename(path);
        await copyFile(path, join(folder, name));
        return { path: `./${name}`, external: true };
      });
    },
  };
}

/** buildWorker bundles an entry file; it gives the folder with worker.js and the wasm files. */
export async function buildWorker({
  entry = join(here, "src/main.ts"),
  outdir = join(here, "dist"),
} = {}) {
  const folder = resolve(outdir);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    plugins: [wasmBeside(folder)],
    sourcemap: false,
    legalComments: "none",
    logLevel: "warning",
  });
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWorker();
}
