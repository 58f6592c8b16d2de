// npm run sim:mutants [-- WORD...]: takes one guard at a time out of the core, as
// tests/sim/mutants.json lists them, and runs the simulator on what is left. Each mutant must break
// a rule within 1,000 seeds. A mutant is one file, compiled aside and linked in front of the
// library, so the sources stay as they are.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buildPreset } from "./cmake.mjs";
import { isMain, mustRun, repositoryRoot, run, runMain, startClock } from "./run.mjs";

const preset = "native-release";
const seeds = 1000;
const inTree = (...path) => join(repositoryRoot, ...path);
const readText = (...path) => readFileSync(inTree(...path), "utf8");

/** readMutants gives the list, or those of it whose name holds one of the words. */
export function readMutants(words = []) {
  const all = JSON.parse(readText("tests", "sim", "mutants.json"));
  return words.length === 0 ? all : all.filter(({ name }) => words.some((w) => name.includes(w)));
}

/** mutated gives the source without its guard; it throws when that is not there exactly once. */
export function mutated(source, { name, find, replace }) {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(`"${name}" no longer applies: its text is there ${parts.length - 1} times`);
}

/** seedOf reads which seed broke which rule first; nothing when none did. */
export function seedOf(output) {
  const broken = /^seed (\d+) breaks "([^"]+)"/m.exec(output);
  const trapped = /^seed (\d+): the process got (signal \d+)/m.exec(output);
  const [, seed, rule] = broken ?? trapped ?? [];
  return seed === undefined ? undefined : { seed, rule };
}

/** compilerCall gives the words before the output of the build's own call for this file. */
function compilerCall(file) {
  const calls = JSON.parse(readText("build", preset, "compile_commands.json"));
  const call = calls.find((each) => each.file === inTree(file));
  if (call === undefined) throw new Error(`${file} is not compiled`);
  return call.command.slice(0, call.command.indexOf(" -o "));
}

async function buildMutant(folder, mutant) {
  mkdirSync(folder);
  const [source, object] = [join(folder, basename(mutant.file)), join(folder, "mutant.o")];
  writeFileSync(source, mutated(readText(mutant.file), mutant));
  // What a mutant leaves unused is no fault of it.
  const compile = `${compilerCall(mutant.file)} -O1 -w -o '${object}' -c '${source}'`;
  await mustRun("sh", ["-c", compile], { cwd: inTree("build", preset) });
  const world = inTree("build", preset, "CMakeFiles", "tenon_sim.dir", "tests", "sim");
  const objects = readdirSync(world).filter((name) => name.endsWith(".o"));
  const parts = [...objects.map((name) => join(world, name)), object];
  const program = join(folder, "tenon_sim");
  const library = inTree("build", preset, "libtenon_core.a");
  await mustRun("clang++", [...parts, library, "-pthread", "-o", program]);
  return program;
}

/** tryMutant gives a line about one mutant and whether it was caught. */
async function tryMutant(folder, mutant) {
  const elapsed = startClock();
  const tell = (caught, told) => ({
    caught,
    line: `${caught ? "ok  " : "FAIL"}  ${mutant.name}: ${told}  (${elapsed()})`,
  });
  try {
    const program = await buildMutant(folder, mutant);
    const args = ["--seeds", String(seeds), "--failures", "1", "--threads", "1"];
    const { output } = await run(program, args);
    const found = seedOf(output);
    if (found === undefined) return tell(false, `survives ${seeds} seeds`);
    return tell(true, `seed ${found.seed} breaks ${found.rule}`);
  } catch ({ message }) {
    return tell(false, message);
  }
}

/** runMutants tries them, as many at a time as there are cores, and gives { passed, failed }. */
export async function runMutants(mutants = readMutants()) {
  await buildPreset(preset, "tenon_sim");
  const folder = mkdtempSync(join(tmpdir(), "tenon-mutants-"));
  const counts = { passed: 0, failed: 0 };
  const waiting = [...mutants.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { caught, line } = await tryMutant(join(folder, String(next[0])), next[1]);
      console.log(line);
      counts[caught ? "passed" : "failed"] += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, work));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return counts;
}

async function main() {
  const { passed, failed } = await runMutants(readMutants(process.argv.slice(2)));
  console.log(`${passed} mutants caught, ${failed} not`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

if (isMain(import.meta)) runMain(main);
