// Whether node_modules holds what package-lock.json says. npm writes what it installed to a second
// lock file inside node_modules; the two are compared by content, because a checkout gives every
// file a new time.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun, repositoryRoot } from "./run.mjs";

function readPackages(...path) {
  const file = join(repositoryRoot, ...path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : null;
}

/** packagesAreCurrent says whether `npm ci` would change nothing. */
export function packagesAreCurrent() {
  const wanted = readPackages("package-lock.json");
  const installed = readPackages("node_modules", ".package-lock.json");
  if (!wanted) throw new Error("package-lock.json is missing: restore it from the repository");
  if (!installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    if (!found) return Boolean(entry.optional || entry.devOptional);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** installPackages runs `npm ci`, which replaces node_modules by what the lock file says. */
export async function installPackages() {
  // At this level also below "npm test --silent", which would keep the reason of a failure back.
  await mustRun("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=notice"], { show: true });
}
