import { performance } from "node:perf_hooks";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {(demo: any) => Promise<string>} run resolves to a sentence about what was seen
 */

const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(2)} s`;

/**
 * runSteps runs one step after the other and prints each with its time and sentence. It stops at
 * the first one that throws and resolves to its name, or to null when all went well.
 * @param {readonly Step[]} steps
 * @param {any} demo what the steps hand on to each other
 * @param {(line: string) => void} print
 */
export async function runSteps(steps, demo, print) {
  const width = Math.max(...steps.map(({ name }) => name.length));
  for (const { name, run } of steps) {
    const start = performance.now();
    const report = (mark, text) =>
      print(`${mark.padEnd(4)}  ${name.padEnd(width)}  ${seconds(start).padStart(7)}  ${text}`);
    try {
      report("ok", await run(demo));
    } catch (problem) {
      report("FAIL", problem.message);
      return name;
    }
  }
  return null;
}

/** must throws with the sentence when a condition does not hold. */
export function must(condition, sentence) {
  if (!condition) throw new Error(sentence);
}
