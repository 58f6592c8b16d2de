// The jobs in Node: each in a process of its own, so that none runs on code that the engine has
// optimised for another.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const runProgram = promisify(execFile);
const program = fileURLToPath(new URL("node-job.mjs", import.meta.url));

/** openNode gives the engine of this machine's Node. */
export async function openNode() {
  return {
    measure: async (question) => {
      const args = [program, JSON.stringify(question)];
      const { stdout } = await runProgram(process.execPath, args, { maxBuffer: 2 ** 24 });
      return JSON.parse(stdout);
    },
    close: async () => {},
  };
}
