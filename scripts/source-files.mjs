// The files of the repository that somebody wrote: not installed, not generated, not third-party.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { repositoryRoot } from "./run.mjs";

const generated = new Set([
  "node_modules",
  "build",
  "dist",
  ".git",
  ".tenon",
  ".cache",
  ".wrangler",
  "test-results",
]);

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (generated.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/**
 * sourceFiles lists the files below the folder whose path matches, as
 * { path, text } with "/" between the folders; test vectors are left out.
 */
export function sourceFiles(matches, root = repositoryRoot) {
  return [...walk(root)]
    .map((path) => relative(root, path).split(sep).join("/"))
    .filter((path) => !path.startsWith("tests/vectors/") && matches.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export const cppFiles = /^(src|bindings\/wasm|tests)\/.*\.[ch]pp$/;
export const scriptFiles = /\.(ts|tsx|mts|mjs|js|jsx)$/;
