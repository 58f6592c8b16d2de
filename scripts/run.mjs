// Running other programs: the one place where the scripts start processes and wait for them.
import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { beforeEnding } from "../worker/ending-signals.mjs";

/** repositoryRoot is the absolute path of the repository, without a trailing slash. */
export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

const minuteMs = 60_000;
const graceMs = 5_000;

/** signalGroup signals a child and whatever it started; it does nothing when they have gone. */
function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (failure) {
    // A group of which only zombies are left is EPERM on macOS.
    if (failure.code !== "ESRCH" && failure.code !== "EPERM") throw failure;
  }
}

/** kill ends the group at once, and stops reading from what has left the group. */
function kill(child) {
  signalGroup(child, "SIGKILL");
  child.stdout.destroy();
  child.stderr.destroy();
}

/** limitTime ends the child's group when the time is over, and calls back before it does. */
function limitTime(child, timeoutMs, onTimeout) {
  const end = () => {
    onTimeout();
    signalGroup(child, "SIGTERM");
    timer = setTimeout(() => kill(child), graceMs);
  };
  let timer = setTimeout(end, timeoutMs);
  return () => clearTimeout(timer);
}

/**
 * run starts a program in the repository and resolves, whatever it answers, to
 * { code, output }; code is 124 when its time was over, 127 when the program does not exist and
 * 128 when a signal ended it. After timeoutMs, 20 minutes by default, it ends the program and what
 * that started. `show` copies the output to the terminal while it comes; else it is only collected.
 */
export function run(command, args = [], options = {}) {
  const { cwd = repositoryRoot, env = {}, show = false, timeoutMs = 20 * minuteMs } = options;
  // A group of its own, so that what the program started can be ended with it.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  const take = (text, stream) => {
    output += text;
    if (show) stream.write(text);
  };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => take(text, process[name]));
  }
  return new Promise((resolve) => {
    child.on("error", (failure) => resolve({ code: 127, output: failure.message }));
    if (child.pid === undefined) return;
    let late = false;
    const unlimit = limitTime(child, timeoutMs, () => {
      late = true;
      take(
        `\n${command} was ended after ${(timeoutMs / minuteMs).toFixed(1)} min\n`,
        process.stdout,
      );
    });
    // The terminal's own signals no longer reach the group.
    const forget = beforeEnding((signal) => signalGroup(child, signal));
    child.on("close", (code) => {
      unlimit();
      forget();
      resolve({ code: late ? 124 : (code ?? 128), output });
    });
  });
}

/** mustRun runs a program and throws with its output when it fails. */
export async function mustRun(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) {
    const detail = options?.show ? "" : `\n${output.trimEnd()}`;
    throw new Error(`${[command, ...args].join(" ").slice(0, 160)} answered ${code}${detail}`);
  }
  return output;
}

/** startClock returns a function that gives the seconds since then, such as "1.2 s". */
export function startClock() {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** runMain runs a script's main function; a failure is printed without a stack and ends with 1. */
export function runMain(main) {
  main().catch((failure) => {
    console.error(failure.message);
    process.exitCode = 1;
  });
}

/** isMain tells whether the module is the program itself and was not imported by another. */
export function isMain(meta) {
  const program = process.argv[1];
  return program !== undefined && fileURLToPath(meta.url) === realpathSync(program);
}
