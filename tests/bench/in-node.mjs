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
    measure: async (question) => JSON.parse(await printed([program, JSON.stringify(question)])),
    close: async () => {},
  };
}

async function printed(args) {
  try {
    return (await runProgram(process.execPath, args, { maxBuffer: 2 ** 24 })).stdout;
  } catch (failure) {
    throw new Error(failure.stderr?.trim() || failure.message);
  }
}
