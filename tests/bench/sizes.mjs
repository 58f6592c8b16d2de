// Row P15: what a page or a worker has to fetch.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { sizeLine } from "./lines.mjs";

const packageFolder = dirname(createRequire(import.meta.url).resolve("tenon/package.json"));

// arctic, jose, standardwebhooks, octokit's webhook methods and cockatiel in one bundle.
const realisticSetBytes = 15_700;

const modules = [
  { name: "tenon.wasm", raw: 40_000, packed: 14_000 },
  { name: "tenon-service.wasm", raw: 220_000, packed: 64_000 },
];

// The loader up to a running module, without the calls that are made on it.
const loader = `
import { createLoader } from "./dist/src/load.js";
import { Core, instantiate } from "./dist/src/core.js";
export const load = createLoader(() => new URL("x", import.meta.url), fetch, (module) =>
  new Core(() => instantiate(module)));`;

async function loaderSize() {
  const { outputFiles } = await build({
    stdin: { contents: loader, resolveDir: packageFolder },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}

/** sizeLines measures the two modules and the loader. */
export async function sizeLines() {
  const lines = [];
  const packedSizes = [];
  for (const { name, raw, packed } of modules) {
    const bytes = await readFile(join(packageFolder, "dist", name));
    const packedSize = brotliCompressSync(bytes).length;
    packedSizes.push(packedSize);
    lines.push(sizeLine({ title: name, bytes: bytes.length, limit: raw }));
    lines.push(sizeLine({ title: `${name}, brotli`, bytes: packedSize, limit: packed }));
  }
  const loading = await loaderSize();
  lines.push(sizeLine({ title: "loader, brotli", bytes: loading, limit: 2000 }));
  const title = "tenon.wasm and loader, brotli, beside the JS they replace";
  const both = packedSizes[0] + loading;
  return [...lines, sizeLine({ title, bytes: both, limit: realisticSetBytes })];
}
