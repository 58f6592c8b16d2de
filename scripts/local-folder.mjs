// What npm start keeps between two runs: .tenon/local.json holds the keys, .tenon/data the
// connections, .tenon/running.json says who uses them now.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { createLocalSecrets } from "./local-stack.mjs";
import { repositoryRoot } from "./run.mjs";

const ownerOnly = 0o600;

function writePrivately(path, value) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  writeFileSync(`${path}.new`, text, { mode: ownerOnly });
  renameSync(`${path}.new`, path);
}

function readState(path) {
  const shown = relative(repositoryRoot, path);
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Error(`${shown} holds keys and others may read it. Run: chmod 600 ${shown}`);
  }
  let state;
  try {
    state = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    state = null;
  }
  const names = Object.keys(createLocalSecrets());
  if (state && names.every((name) => state.secrets?.[name])) return state;
  throw new Error(
    `${shown} is damaged, and without its keys the stored connections cannot be read.\n` +
      "Restore it, or delete the folder .tenon to begin afresh.",
  );
}

/**
 * openLocalFolder gives { dataDir, hasRun, secrets, practicePort, remember } of the folder, with new
 * keys when there are none. It throws with one line of advice when the keys are not private or not
 * complete.
 */
export function openLocalFolder(folder = join(repositoryRoot, ".tenon")) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "local.json");
  const dataDir = join(folder, "data");
  const isNew = !existsSync(path);
  const hasRun = existsSync(dataDir);
  if (isNew && hasRun) {
    throw new Error(
      "The keys in .tenon/local.json are gone, and without them the stored connections cannot be " +
        "read.\nRestore the file, or delete the folder .tenon to begin afresh.",
    );
  }
  const state = isNew ? { secrets: createLocalSecrets() } : readState(path);
  const remember = (practicePort) => writePrivately(path, { ...state, practicePort });
  if (isNew) remember(undefined);
  return { dataDir, hasRun, remember, ...state };
}

async function answers(url) {
  const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => {});
  await reply?.body?.cancel();
  return reply?.ok === true;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * refuseSecondRun throws when a worker still answers on the folder: two would write to one database.
 * After kill -9 of npm start that is the worker alone, hence its own process id.
 */
export async function refuseSecondRun(folder = join(repositoryRoot, ".tenon")) {
  const path = join(folder, "running.json");
  if (!existsSync(path)) return;
  const { url, pids } = JSON.parse(readFileSync(path, "utf8"));
  if (!(await answers(url))) return;
  const pid = pids.find(isAlive);
  const advice = pid ? `Stop it first: kill ${pid}` : "Stop it first.";
  throw new Error(`tenon is already running at ${url} with the data of this folder.\n${advice}`);
}

/** markRunning lets the next start see this one. It returns a function that removes the mark. */
export function markRunning({ url, pids }, folder = join(repositoryRoot, ".tenon")) {
  const path = join(folder, "running.json");
  writePrivately(path, { url, pids });
  return () => rmSync(path, { force: true });
}
