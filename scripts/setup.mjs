// npm run setup: finds the tools that the repository needs and installs what is missing.
// Every other command begins with it; when nothing is missing it changes nothing.
import { existsSync } from "node:fs";
import { installPackages, packagesAreCurrent } from "./npm-packages.mjs";
import { atLeast, chromiumPath, requirements } from "./requirements.mjs";
import { isMain, mustRun, runMain, startClock } from "./run.mjs";

export { chromiumPath };

const nodeMinimum = "20.19";

async function findAll() {
  return Promise.all(requirements.map(async (row) => ({ ...row, found: await row.find() })));
}

function packagesOf(rows, system) {
  return [...new Set(rows.map((row) => row[system]))].join(" ");
}

/** installCommand is the one line that brings the missing tools on this machine. */
function installCommand(missing) {
  if (process.platform === "darwin") return `brew install ${packagesOf(missing, "homebrew")}`;
  const packages = packagesOf(missing, "debian");
  return `sudo apt-get update && sudo apt-get install --no-install-recommends ${packages}`;
}

async function installTools(missing) {
  const names = missing.map((row) => `${row.name} (${row.wanted})`).join(", ");
  const canInstall = existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
  if (!canInstall) throw new Error(`Missing: ${names}.\nRun: ${installCommand(missing)}`);
  console.log(`Installing ${names}`);
  const options = { show: true, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const install = ["install", "--yes", "--no-install-recommends"];
  await mustRun("apt-get", ["update"], options);
  await mustRun("apt-get", [...install, ...packagesOf(missing, "debian").split(" ")], options);
}

async function ensureTools() {
  const rows = await findAll();
  const missing = rows.filter((row) => !row.found);
  if (missing.length === 0) return rows;
  await installTools(missing);
  const after = await findAll();
  const still = after.filter((row) => !row.found);
  if (still.length > 0) {
    const names = still.map((row) => `${row.name} (${row.wanted})`).join(", ");
    throw new Error(`Still missing after the installation: ${names}`);
  }
  return after;
}

/**
 * setup makes sure that tools and npm packages are there, installing them where it may, and throws
 * with one line of instruction where it may not. It returns the tools with what was found.
 */
export async function setup() {
  if (!atLeast(process.versions.node, nodeMinimum)) {
    throw new Error(`Node ${nodeMinimum} or newer is needed; this is ${process.versions.node}.`);
  }
  const tools = await ensureTools();
  if (!packagesAreCurrent()) {
    console.log("Installing the npm packages of package-lock.json");
    await installPackages();
  }
  return tools;
}

async function main() {
  const elapsed = startClock();
  for (const { name, found } of await setup()) console.log(`${name.padEnd(15)} ${found}`);
  console.log(`${"npm packages".padEnd(15)} as in package-lock.json`);
  console.log(`Ready in ${elapsed()}.`);
}

if (isMain(import.meta)) runMain(main);
