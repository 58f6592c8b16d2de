// One build at a time in one tree: two of them, say `npm start` and `npm test`, would write the
// same files.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot } from "./run.mjs";

const lockPath = join(repositoryRoot, "build", "lock");
const pollMs = 200;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure.code === "EPERM";
  }
}

/** tryLock takes the lock, also from a holder that no longer runs; false when it is held. */
function tryLock() {
  try {
    writeFileSync(lockPath, String(process.pid), { flag: "wx" });
    return true;
  } catch (failure) {
    if (failure.code !== "EEXIST") throw failure;
  }
  let holder = "";
  try {
    holder = readFileSync(lockPath, "utf8");
  } catch {
    return false;
  }
  if (holder !== "" && !isAlive(Number(holder))) rmSync(lockPath, { force: true });
  return false;
}

/** withBuildLock runs the action while no other build runs in this tree, and gives its result. */
export async function withBuildLock(action) {
  mkdirSync(join(repositoryRoot, "build"), { recursive: true });
  for (let told = false; !tryLock(); told = true) {
    if (!told) console.log("Waiting for another build in this folder");
    await sleep(pollMs);
  }
  try {
    return await action();
  } finally {
    rmSync(lockPath, { force: true });
  }
}
