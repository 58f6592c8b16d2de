// Running other programs: the one place where the scripts start processes and wait for them.
import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

/** repositoryRoot is the absolute path of the repository, without a trailing slash. */
export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/**
 * run starts a program in the repository and resolves, whatever it answers, to
 * { code, output }; code is 127 when the program does not exist and 128 when a signal ended it.
 * `show` copies the output to the terminal while it comes; else it is only collected.
 */
export function run(command, args = [], { cwd = repositoryRoot, env = {}, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const name of ["stdout", "stderr"]) {
      child[name].setEncoding("utf8");
      child[name].on("data", (text) => {
        output += text;
        if (show) process[name].write(text);
      });
    }
    child.on("error", (failure) => resolve({ code: 127, output: failure.message }));
    child.on("close", (code) => resolve({ code: code ?? 128, output }));
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
