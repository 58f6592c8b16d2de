// npm run sim -- --seeds N --from S [--trace]: builds the simulator of tests/sim and runs it. It
// prints each seed that breaks a rule with the command that replays it, and then the totals.
import { join } from "node:path";
import { buildPreset } from "./cmake.mjs";
import { isMain, run, runMain } from "./run.mjs";

const preset = "native-release";

/** seedsOfTests is how many worlds npm test runs. */
export const seedsOfTests = 100_000;

/** runSimulator builds it and resolves to { code, output }; `show` prints while it runs. */
export async function runSimulator(args, { show = false } = {}) {
  await buildPreset(preset, "tenon_sim");
  return run(join("build", preset, "tenon_sim"), args, { show });
}

async function main() {
  const { code } = await runSimulator(process.argv.slice(2), { show: true });
  process.exitCode = code;
}

if (isMain(import.meta)) runMain(main);
