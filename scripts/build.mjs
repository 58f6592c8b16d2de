// npm run build: the wasm modules, the package, the worker and the dashboard, in this order.
// A step whose inputs have not changed is skipped.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { withBuildLock } from "./build-lock.mjs";
import { buildPreset } from "./cmake.mjs";
import { unlessFresh } from "./fresh.mjs";
import { isMain, mustRun, repositoryRoot, runMain, startClock } from "./run.mjs";
import { setup } from "./setup.mjs";
import { readExportList } from "./trim-exports.mjs";

const modules = [
  { file: "tenon.wasm", exports: "bindings/wasm/exports-pure.txt" },
  { file: "tenon-service.wasm", exports: "bindings/wasm/exports-service.txt" },
];

/**
 * moduleFaults compares a module with its contract: no imports, and exactly the listed exports
 * plus "memory" and "_initialize". It returns sentences, none when all is well.
 */
export function moduleFaults(bytes, names) {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((row) => `${row.module}.${row.name}`);
  const wanted = new Set([...names, "memory", "_initialize"]);
  const exports = new Set(WebAssembly.Module.exports(module).map((row) => row.name));
  return [
    ...imports.map((name) => `imports ${name}`),
    ...[...exports].filter((name) => !wanted.has(name)).map((name) => `exports ${name}, unlisted`),
    ...[...wanted].filter((name) => !exports.has(name)).map((name) => `does not export ${name}`),
  ];
}

function publishModule({ file, exports }) {
  const built = join(repositoryRoot, "build", "wasm", file);
  const published = join(repositoryRoot, "bindings", "dist", file);
  if (!existsSync(built)) return;
  const bytes = readFileSync(built);
  if (existsSync(published) && readFileSync(published).equals(bytes)) return;
  const faults = moduleFaults(bytes, readExportList(join(repositoryRoot, exports)));
  if (faults.length > 0) throw new Error(`${file} ${faults.join("; ")}`);
  mkdirSync(join(repositoryRoot, "bindings", "dist"), { recursive: true });
  writeFileSync(published, bytes);
  const packed = brotliCompressSync(bytes).length;
  console.log(`${file}: ${bytes.length} bytes, ${packed} with brotli, no imports`);
}

const shared = ["package-lock.json", "tsconfig.base.json"];

// In this order, because each part reads what the ones before it wrote.
const parts = [
  { name: "bindings", inputs: ["bindings", "worker", ...shared] },
  { name: "worker", inputs: ["worker", "bindings/dist", ...shared] },
  { name: "web", inputs: ["web", "bindings/dist", ...shared] },
];

/** buildCommand: a part's own build script, else its build.mjs, else Vite; null when it has none. */
function buildCommand(name) {
  const has = (file) => existsSync(join(repositoryRoot, name, file));
  const description = readFileSync(join(repositoryRoot, name, "package.json"), "utf8");
  if (JSON.parse(description).scripts?.build) {
    return ["npm", "run", "build", "--silent", "--workspace", name];
  }
  if (has("build.mjs")) return [process.execPath, join(name, "build.mjs")];
  if (has("vite.config.ts")) return [join("node_modules", ".bin", "vite"), "build", name];
  return null;
}

async function buildPart({ name, inputs }) {
  const command = buildCommand(name);
  if (command === null) return;
  const [tool, ...args] = command;
  const elapsed = startClock();
  const ran = await unlessFresh(name, { inputs, outputs: [`${name}/dist`] }, () =>
    mustRun(tool, args),
  );
  if (ran) console.log(`${name}: built in ${elapsed()}`);
}

/** buildModules builds the two wasm modules and puts them into bindings/dist. */
async function buildModules() {
  const elapsed = startClock();
  await buildPreset("wasm", "tenon_modules");
  modules.forEach(publishModule);
  console.log(`wasm: up to date after ${elapsed()}`);
}

/** buildPackage builds the TypeScript of the package, which the worker and the page import. */
export async function buildPackage() {
  await withBuildLock(() => buildPart(parts.find((part) => part.name === "bindings")));
}

/** build brings everything that is shipped up to date. */
export async function build() {
  await setup();
  await buildModules();
  await withBuildLock(async () => {
    for (const part of parts) await buildPart(part);
  });
}

async function main() {
  const elapsed = startClock();
  await build();
  console.log(`Built in ${elapsed()}.`);
}

if (isMain(import.meta)) runMain(main);
