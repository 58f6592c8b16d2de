// One build at a time in one tree: two of them, say `npm start` and `npm test`, would write the
// same files.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot } from "./run.mjs";

const lockPath = join(repositoryRoot, "build", "lock");
const pollMs = 200;
const waitMs = 15 * 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure.code === "EPERM";
  }
}

/** readHolder gives what the holder wrote: its pid, or nothing yet or any more. */
function readHolder() {
  try {
    return readFileSync(lockPath, "utf8");
  } catch (failure) {
    if (failure.code === "ENOENT") return "";
    throw failure;
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
  const holder = readHolder();
  const isStale = holder !== "" && !isAlive(Number(holder));
  // Read again, because another one that waits may have taken the stale lock's place by now.
  if (isStale && readHolder() === holder) rmSync(lockPath, { force: true });
  return false;
}

async function lock() {
  const deadline = Date.now() + waitMs;
  for (let told = false; !tryLock(); told = true) {
    if (!told) console.log("Waiting for another build in this folder");
    if (Date.now() > deadline) {
      const holder = readHolder() || "an unknown process";
      throw new Error(
        `${holder} has held build/lock for ${waitMs / 60_000} minutes. If it does not build, ` +
          "delete that file.",
      );
    }
    await sleep(pollMs);
  }
}

/**
 * withBuildLock runs the action while no other build runs in this tree, and gives its result. It
 * throws when the other one does not end within 15 minutes.
 */
export async function withBuildLock(action) {
  mkdirSync(join(repositoryRoot, "build"), { recursive: true });
  await lock();
  try {
    return await action();
  } finally {
    if (readHolder() === String(process.pid)) rmSync(lockPath, { force: true });
  }
}
