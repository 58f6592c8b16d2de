// npm run demo: the main job once, without a person, in a temporary folder. Ends with 0 when every
// step did what it should, else with 1 and the name of the step that did not.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { runSteps } from "./demo-run.mjs";
import { createDemo, steps } from "./demo-steps.mjs";
import { isMain, runMain, startClock } from "./run.mjs";

async function runDemo(demo) {
  const elapsed = startClock();
  const print = (line) => {
    demo.lines.push(line);
    console.log(line);
  };
  const failed = await runSteps(steps, demo, print);
  if (failed === null) {
    print(`\n${demo.scanned}`);
    print(`${steps.length} steps done in ${elapsed()}`);
    return;
  }
  const last = demo.stack?.worker.logs.slice(-5) ?? [];
  if (last.length > 0) console.error(`\nThe last lines of the worker's log:\n${last.join("\n")}`);
  throw new Error(`\nThe demo failed at the step “${failed}” after ${elapsed()}.`);
}

async function main() {
  console.log("Building what has changed; the first time takes some minutes.");
  await build();
  console.log("");
  const dataDir = await mkdtemp(join(tmpdir(), "tenon-demo-"));
  const demo = createDemo(dataDir);
  const cleanUp = async () => {
    await demo.stack?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => {
      console.error("Stopped before the end.");
      cleanUp().finally(() => process.exit(1));
    });
  }
  await runDemo(demo).finally(cleanUp);
}

if (isMain(import.meta)) runMain(main);
