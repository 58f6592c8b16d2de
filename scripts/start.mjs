// npm start: sets up, builds what is stale, and runs the worker with its dashboard and the practice
// provider until Ctrl-C. Keys and connections stay in .tenon/.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { markRunning, openLocalFolder, refuseSecondRun } from "./local-folder.mjs";
import { startLocalStack } from "./local-stack.mjs";
import { firstFreePort, isFree } from "./ports.mjs";
import { isMain, runMain } from "./run.mjs";

const usage = `usage: npm start -- [--port N] [--verbose]
  --port N    listen on this port; without it, on 8787 or the next free one
  --verbose   show every line that the worker and the practice provider log`;

const defaultPort = 8787;
const userId = "you";
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** readOptions gives { port, verbose, help } and throws with the usage for anything else. */
export function readOptions(args) {
  let values;
  try {
    const flag = { type: "boolean", default: false };
    const options = { port: { type: "string" }, verbose: flag, help: flag };
    values = parseArgs({ args, options }).values;
  } catch (problem) {
    throw new Error(`${problem.message.split(". ")[0]}.\n${usage}`);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  const isPort = port === undefined || (/^\d+$/.test(values.port) && port >= 1 && port <= 65535);
  if (!isPort) throw new Error(`--port must be a number from 1 to 65535.\n${usage}`);
  return { port, verbose: values.verbose, help: values.help };
}

async function choosePort(wanted) {
  if (wanted === undefined) {
    const port = await firstFreePort(defaultPort);
    if (port !== defaultPort) console.log(`Port ${defaultPort} is taken; using ${port}.`);
    return port;
  }
  if (await isFree(wanted)) return wanted;
  throw new Error(`Port ${wanted} is in use: choose another one, or leave --port out.`);
}

// Requests are of no interest here unless something is wrong with the worker itself.
function isTrouble(line) {
  if (!line.startsWith("{")) return !/^(GET|POST|DELETE|HEAD) /.test(line);
  return line.includes('"level":"error"');
}

async function startStack(folder, { port, verbose }) {
  const { dataDir, secrets, practicePort } = folder;
  const stack = await startLocalStack({
    dataDir,
    secrets,
    port: await choosePort(port),
    practicePort: practicePort && (await isFree(practicePort)) ? practicePort : 0,
    onLine: (line) => {
      if (verbose || isTrouble(line)) console.log(line);
    },
  });
  folder.remember(stack.practice.port);
  return stack;
}

async function printLink(stack) {
  console.log(`  ${await stack.signInLink(userId)}`);
}

async function printWelcome(stack, { hasRun }) {
  const { url, practice, secrets } = stack;
  console.log("\ntenon is running. Open the dashboard, signed in as a user called “you”:\n");
  await printLink(stack);
  console.log(`
The link works in one browser, within an hour.${process.stdin.isTTY ? " Press Enter for a new one." : ""}
The practice provider (${practice.issuer}) accepts any user name, without a password.`);
  if (hasRun) {
    console.log(
      "It has forgotten what it issued in earlier runs: connections made then are still listed, and\n" +
        "ask to be reconnected once their token has run out.",
    );
  }
  console.log(`
Call the API as your server would. The key is for this machine only, and stays the same:

  curl -s -H "Authorization: Bearer ${secrets.apiKey}" \\
    "${url}/v1/connections?userId=${userId}"

Keys and connections are kept in .tenon/; delete that folder to begin afresh.
Stop with Ctrl-C.`);
}

function offerLinks(stack) {
  if (!process.stdin.isTTY) return () => {};
  const lines = createInterface({ input: process.stdin });
  lines.on("line", () => {
    printLink(stack).catch((problem) => console.error(problem.message));
  });
  return () => lines.close();
}

/** nextStop resolves to { stopped } when something asks to stop. */
function nextStop() {
  return new Promise((resolve) => {
    const stop = () => resolve({ stopped: true });
    for (const signal of signals) process.once(signal, stop);
    // A SIGTERM to npm ends its shell and goes no further: then this process has another parent.
    const { ppid } = process;
    const watch = () => process.ppid !== ppid && stop();
    if (process.env.npm_lifecycle_event) setInterval(watch, 250).unref();
  });
}

/** untilStopped resolves when it is time to stop and throws when the worker ends by itself. */
async function untilStopped(stack, stopped) {
  const first = await Promise.race([stopped, stack.worker.exited]);
  if (first.stopped) return;
  // Ctrl-C reaches the worker as well, and its end may be seen first.
  const grace = await Promise.race([stopped, sleep(500)]);
  if (grace?.stopped) return;
  const { code, signal, problem } = first;
  const how = problem?.message ?? (signal ? `by ${signal}` : `with code ${code}`);
  const last = stack.worker.logs.slice(-5).join("\n");
  throw new Error(`The worker ended ${how}. The last lines that it printed:\n${last}`);
}

async function serve(folder, options, stopped) {
  const stack = await startStack(folder, options);
  const unmark = markRunning({ url: stack.url, pids: [process.pid, stack.worker.pid] });
  let closeInput = () => {};
  try {
    await printWelcome(stack, folder);
    closeInput = offerLinks(stack);
    await untilStopped(stack, stopped);
    console.log("Stopped.");
  } finally {
    closeInput();
    await stack.stop();
    unmark();
  }
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return;
  }
  await refuseSecondRun();
  await choosePort(options.port);
  const folder = openLocalFolder();
  console.log("Building what has changed; the first time takes some minutes.");
  await build();
  // Another one may have started while this one was building.
  await refuseSecondRun();
  const stopped = nextStop();
  await serve(folder, options, stopped);
}

if (isMain(import.meta)) runMain(main);
