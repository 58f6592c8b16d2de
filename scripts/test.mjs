// npm test: every suite, one after the other. Ends in a table and in "N passed, M failed", which is
// the last line whatever happens.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { runChecks } from "./check.mjs";
import { isMain, mustRun, repositoryRoot, run, runMain, startClock } from "./run.mjs";
import { chromiumPath, setup } from "./setup.mjs";
import { runSimulator, seedsOfTests } from "./sim.mjs";
import { runMutants } from "./sim-mutants.mjs";
import { vitestCounts, vitestFailures } from "./test-counts.mjs";
import { runNativeTests, runWasmTests } from "./unit-tests.mjs";

const program = (name) => join(repositoryRoot, "node_modules", ".bin", name);

// Nothing that the tests start may call home or leave files outside the tree.
const quiet = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  DO_NOT_TRACK: "1",
  XDG_CONFIG_HOME: join(repositoryRoot, ".cache"),
};

async function showWhenFailed(tests) {
  const { passed, failed, output } = await tests;
  if (failed > 0) console.log(output);
  return { passed, failed };
}

/** vitestSuite runs one project of vitest.config.ts. */
async function vitestSuite(name) {
  const report = join("build", "reports", `${name}.json`);
  mkdirSync(join(repositoryRoot, "build", "reports"), { recursive: true });
  rmSync(join(repositoryRoot, report), { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await run(program("vitest"), ["run", "--project", name, ...reporters], {
    show: true,
    env: { ...quiet, CHROMIUM: chromiumPath() ?? "" },
  });
  if (!existsSync(join(repositoryRoot, report))) return { passed: 0, failed: 1 };
  const text = readFileSync(join(repositoryRoot, report), "utf8");
  const { passed, failed } = vitestCounts(text);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, told: vitestFailures(text) };
}

/** oneCase counts an action as one test case, which fails by throwing. */
async function oneCase(action) {
  await action();
  return { passed: 1, failed: 0 };
}

async function demo() {
  await mustRun(process.execPath, [join("scripts", "demo.mjs")], { show: true, env: quiet });
}

async function simulate() {
  const { code } = await runSimulator(["--seeds", String(seedsOfTests)], { show: true });
  if (code !== 0) throw new Error("a seed broke a rule");
}

async function deployDry() {
  const args = ["deploy", "--dry-run", "--outdir", join(repositoryRoot, "build", "deploy")];
  await mustRun(program("wrangler"), args, { cwd: join(repositoryRoot, "worker"), env: quiet });
}

// Nothing else can run without what it installs.
const setupSuite = { name: "setup", start: () => oneCase(setup) };

const suites = [
  { name: "checks", start: () => runChecks({ units: false }) },
  { name: "core, native with sanitizers", start: () => showWhenFailed(runNativeTests()) },
  { name: "core, wasm in Node", start: () => showWhenFailed(runWasmTests()) },
  { name: "simulator", start: () => oneCase(simulate) },
  { name: "simulator, mutants", start: () => runMutants() },
  { name: "build", start: () => oneCase(build) },
  { name: "package", start: () => vitestSuite("package") },
  { name: "worker", start: () => vitestSuite("worker") },
  { name: "browser", start: () => vitestSuite("browser") },
  { name: "demo", start: () => oneCase(demo) },
  { name: "deploy, dry run", start: () => oneCase(deployDry) },
];

/** runSuite never throws: a suite that crashes, or runs nothing, has one failure. */
async function runSuite({ name, start }) {
  console.log(`\n== ${name}`);
  const elapsed = startClock();
  let counts;
  try {
    counts = await start();
  } catch (failure) {
    console.log(`${name}: ${failure.message}`);
    counts = { passed: 0, failed: 1, told: [failure.message] };
  }
  const isEmpty = counts.passed + counts.failed === 0;
  if (isEmpty) console.log("no test ran");
  const { passed, failed, told = [] } = counts;
  return { name, passed, failed: isEmpty ? 1 : failed, told, time: elapsed() };
}

function printTable(rows) {
  console.log(`\n${"suite".padEnd(30)} ${"passed".padStart(7)} ${"failed".padStart(7)}     time`);
  for (const { name, passed, failed, time } of rows) {
    const numbers = [String(passed).padStart(7), String(failed).padStart(7), time.padStart(8)];
    console.log(`${name.padEnd(30)} ${numbers.join(" ")}`);
  }
  for (const { name, told } of rows) {
    for (const line of told) console.log(`\n${name}: ${line}`);
  }
}

async function main() {
  const rows = [await runSuite(setupSuite)];
  if (rows[0].failed === 0) {
    for (const suite of suites) rows.push(await runSuite(suite));
  }
  printTable(rows);
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  if (sum("failed") > 0) process.exitCode = 1;
}

if (isMain(import.meta)) runMain(main);
