// npm run check: everything that can be said about the sources in a minute. Each check prints one
// line; what it found stands below it.
import { join } from "node:path";
import { buildPackage } from "./build.mjs";
import { hygieneFaults } from "./hygiene.mjs";
import { isMain, repositoryRoot, run, runMain, startClock } from "./run.mjs";
import { setup } from "./setup.mjs";
import { runSimulator } from "./sim.mjs";
import { cppFiles, scriptFiles, sourceFiles } from "./source-files.mjs";
import { tapCounts } from "./test-counts.mjs";
import { runNativeTests } from "./unit-tests.mjs";

const program = (name) => join(repositoryRoot, "node_modules", ".bin", name);
const textFiles = /\.([ch]pp|[cm]?[jt]sx?|json|jsonc|css|html|md|cmake|txt|capnp)$|^\.|CMakeLists/;
const linedFiles = /\.([ch]pp|[cm]?[jt]sx?|css|html|cmake)$|CMakeLists/;

/** faultsOf runs a program and gives its output as the faults when it fails. */
async function faultsOf(command, args) {
  const { code, output } = await run(command, args);
  return code === 0 ? [] : [output.trim() || `${command} answered ${code}`];
}

async function checkCppFormat() {
  const paths = sourceFiles(cppFiles).map(({ path }) => path);
  const { code, output } = await run("clang-format", ["--dry-run", "-Werror", ...paths]);
  if (code === 0) return [];
  const lines = [...output.matchAll(/^([^:\n]+):\d+:\d+: (?:error|warning)/gm)];
  const files = [...new Set(lines.map(([, path]) => path))];
  return files.length === 0 ? [output] : files.map((path) => `${path} needs npm run format`);
}

async function checkTypes() {
  await buildPackage();
  const faults = [];
  const projects = sourceFiles(/^([^/]+\/|tests\/[^/]+\/)?tsconfig(?!\.base)[.\w]*json$/);
  for (const { path: project } of projects) {
    const known = join("build", "types", `${project.replaceAll("/", "-")}.tsbuildinfo`);
    const incremental = ["--incremental", "--tsBuildInfoFile", known];
    faults.push(...(await faultsOf(program("tsc"), ["--noEmit", "-p", project, ...incremental])));
  }
  return faults;
}

async function checkTheChecks() {
  const files = sourceFiles(/^tests\/layering\/.*\.test\.mjs$/).map(({ path }) => path);
  const args = ["--test", "--test-reporter=tap", ...files];
  const { code, output } = await run(process.execPath, args);
  const { passed, failed } = tapCounts(output);
  if (passed === 0) return [`no test ran\n${output}`];
  return code === 0 && failed === 0 ? [] : [output];
}

async function checkUnits() {
  const { passed, failed, output } = await runNativeTests();
  return failed === 0 && passed > 0 ? [] : [output.trim()];
}

async function checkWorlds() {
  const { code, output } = await runSimulator(["--seeds", "300"]);
  return code === 0 ? [] : [output.trim()];
}

// Loaded when needed, after setup: both read TypeScript with its own parser, which is a package.
const layering = () => import("./layering.mjs");
const sizeRules = () => import("./size-rules.mjs");

async function checkCoreLayers() {
  const { coreFaults } = await layering();
  return coreFaults(sourceFiles(/^(src|bindings\/wasm)\/.*\.[ch]pp$/));
}

async function checkImports() {
  const { importRuleFaults } = await layering();
  return importRuleFaults(sourceFiles(/^(bindings|worker|web)\/.*\.(ts|tsx|mts|mjs)$/));
}

async function checkFileLengths() {
  const { fileLengthFaults } = await sizeRules();
  return fileLengthFaults(sourceFiles(linedFiles));
}

async function checkFunctionLengths() {
  const { functionLengthFaults } = await sizeRules();
  return functionLengthFaults([...sourceFiles(cppFiles), ...sourceFiles(scriptFiles)]);
}

const checks = [
  { name: "C++ is formatted", find: checkCppFormat },
  {
    name: "TypeScript, JSON and CSS are formatted and lint-free",
    find: () => faultsOf(program("biome"), ["check", "--error-on-warnings"]),
  },
  { name: "the checkers catch what they should", find: checkTheChecks },
  { name: "C++ keeps to the layers", find: checkCoreLayers },
  { name: "TypeScript imports keep to the layers", find: checkImports },
  { name: "no file is too long", find: checkFileLengths },
  { name: "no function is too long", find: checkFunctionLengths },
  {
    name: "no machine paths, no unfinished business",
    find: () => hygieneFaults(sourceFiles(textFiles)),
  },
  { name: "TypeScript type-checks", find: checkTypes },
  { name: "the core's unit tests pass under ASan and UBSan", find: checkUnits, isUnits: true },
  { name: "300 simulated worlds break no rule", find: checkWorlds, isUnits: true },
];

async function runCheck({ name, find }) {
  const elapsed = startClock();
  let faults;
  try {
    faults = await find();
  } catch (failure) {
    faults = [failure.message];
  }
  console.log(`${faults.length === 0 ? "ok  " : "FAIL"}  ${name}  (${elapsed()})`);
  for (const fault of faults) console.log(fault.replace(/^/gm, "      "));
  return faults.length === 0;
}

/** runChecks runs the checks, with or without the unit tests, and gives { passed, failed }. */
export async function runChecks({ units }) {
  const counts = { passed: 0, failed: 0 };
  for (const check of checks.filter((row) => units || !row.isUnits)) {
    counts[(await runCheck(check)) ? "passed" : "failed"] += 1;
  }
  return counts;
}

async function main() {
  const elapsed = startClock();
  await setup();
  const { passed, failed } = await runChecks({ units: true });
  console.log(`${passed} checks passed, ${failed} failed, in ${elapsed()}`);
  if (failed > 0) process.exitCode = 1;
}

if (isMain(import.meta)) runMain(main);
