import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun, run } from "../../scripts/run.mjs";

// A program that starts another one, says its pid, and waits for ever.
const parentOfOne = `
  const { spawn } = require("node:child_process");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log(child.pid);
  setInterval(() => {}, 1000);`;

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function assertEnds(pid) {
  assert.ok(pid > 0);
  for (let left = 400; left > 0 && isAlive(pid); left -= 1) await sleep(50);
  assert.equal(isAlive(pid), false);
}

test("a program that takes too long is ended with what it started, and answers 124", async () => {
  const options = { timeoutMs: 600 };
  const { code, output } = await run(process.execPath, ["-e", parentOfOne], options);
  assert.equal(code, 124);
  assert.match(output, /was ended after/);
  await assertEnds(Number.parseInt(output, 10));
});

test("a program that answers in time keeps its own code and output", async () => {
  const quick = ["-e", "console.log('done'); process.exitCode = 3"];
  assert.deepEqual(await run(process.execPath, quick), { code: 3, output: "done\n" });
  await assert.rejects(mustRun(process.execPath, quick), /answered 3\ndone/);
  assert.equal((await run("no-such-program")).code, 127);
});

test("a signal that ends a script ends what the script runs", async () => {
  const address = new URL("../../scripts/run.mjs", import.meta.url).href;
  const script = `
    const { run } = await import(${JSON.stringify(address)});
    await run(process.execPath, ["-e", ${JSON.stringify(parentOfOne)}], { show: true });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const [line] = await once(child.stdout, "data");
  child.kill("SIGTERM");
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGTERM");
  await assertEnds(Number(line));
});
