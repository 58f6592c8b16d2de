// Skipping a build step whose inputs and outputs are as it left them.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./run.mjs";

const stampFolder = join(repositoryRoot, "build", "stamps");
const skipped = new Set(["node_modules", "dist"]);

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory() && skipped.has(entry.name)) continue;
    yield* filesBelow(join(path, entry.name));
  }
}

/** fingerprint changes when a file below the paths appears, goes, or is written. */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((name) => [...filesBelow(join(repositoryRoot, name))]).sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/**
 * unlessFresh runs the step and remembers what it read and wrote, or does nothing when neither has
 * changed since. Folders named node_modules or dist below an input do not count unless they are
 * named themselves. It says whether the step ran.
 */
export async function unlessFresh(name, { inputs, outputs }, step) {
  const stampPath = join(stampFolder, name);
  const stamp = () => `${fingerprint(inputs)} ${fingerprint(outputs)}\n`;
  const allThere = outputs.every((path) => existsSync(join(repositoryRoot, path)));
  if (allThere && existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp())
    return false;
  const before = fingerprint(inputs);
  await step();
  mkdirSync(stampFolder, { recursive: true });
  // A file that was saved while the step ran must not pass for one that the step has seen.
  writeFileSync(stampPath, `${before} ${fingerprint(outputs)}\n`);
  return true;
}
