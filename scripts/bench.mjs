// npm run bench: the jobs of PERFORMANCE.md beside their peers, in one table. A goal that is missed is
// said and is no failure; a wrong answer or an accepted forgery is one.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { isMain, runMain, startClock } from "./run.mjs";

const usage = "usage: npm run bench -- [--only P11,P12] [--rounds 21] [--json FILE] [--no-build]";
const roundsMin = 15;
const known = ["P1", "P2", "P5", "P11", "P12", "P13", "P14", "P15", "P16", "P20", "P21"];

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "21" },
      json: { type: "string" },
      "no-build": { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!(rounds >= roundsMin)) throw new Error(`at least ${roundsMin} rounds\n${usage}`);
  const only = values.only?.toUpperCase().split(",") ?? known;
  const unknown = only.filter((row) => !known.includes(row));
  if (unknown.length > 0) throw new Error(`no row ${unknown}: there are ${known}\n${usage}`);
  const wants = (row) => only.includes(row);
  return { rounds, json: values.json, builds: !values["no-build"], wants };
}

// Loaded when needed, after the build: the package and its peers are imported there.
const engines = {
  Node: async () => (await import("../tests/bench/in-node.mjs")).openNode(),
  Chromium: async () => (await import("../tests/bench/in-chromium.mjs")).openChromium(),
  workerd: async () => (await import("../tests/bench/in-workerd.mjs")).openWorkerd(),
};

/** measureRows gives the lines of an engine's rows; rows of one job share one measurement. */
async function measureRows(engine, plans, rounds) {
  const { lineOf } = await import("../tests/bench/lines.mjs");
  const lines = [];
  for (const job of new Set(plans.map((plan) => plan.job))) {
    const rows = plans.filter((plan) => plan.job === job);
    const names = [...new Set(rows.flatMap(namesOf))];
    const figures = await engine.measure({ job, names, rounds });
    lines.push(...rows.map((plan) => [plan, lineOf(plan, figures)]));
  }
  return lines;
}

function namesOf({ subject = "tenon", goals = {}, also = [], lessBy }) {
  return [subject, ...Object.keys(goals), ...also, ...(lessBy ? [lessBy] : [])];
}

async function measurePlanned({ rounds, wants }) {
  const { rows } = await import("../tests/bench/plan.mjs");
  const chosen = rows.filter((plan) => wants(plan.row));
  const lines = new Map();
  for (const [name, open] of Object.entries(engines)) {
    const plans = chosen.filter((plan) => plan.engine === name);
    if (plans.length === 0) continue;
    const engine = await open();
    try {
      for (const [plan, line] of await measureRows(engine, plans, rounds)) lines.set(plan, line);
    } finally {
      await engine.close();
    }
  }
  return chosen.map((plan) => lines.get(plan));
}

async function measureAll({ rounds, wants }) {
  const lines = await measurePlanned({ rounds, wants });
  if (wants("P15")) lines.push(...(await (await import("../tests/bench/sizes.mjs")).sizeLines()));
  if (wants("P16")) {
    const { freshLines } = await import("../tests/bench/fresh-process.mjs");
    lines.push(...(await freshLines(rounds)));
  }
  const number = ({ row }) => Number(row.slice(1));
  return lines.sort((a, b) => number(a) - number(b));
}

// Native SHA-256 is several times faster where the processor has instructions for it.
function shaInstructions() {
  const list = "/proc/cpuinfo";
  if (!existsSync(list)) return "SHA instructions unknown";
  const has = /\b(sha_ni|sha2)\b/.test(readFileSync(list, "utf8"));
  return has ? "with SHA instructions" : "without SHA instructions";
}

function machine() {
  const model = cpus()[0]?.model.trim();
  return `${model} ${shaInstructions()}, ${cpus().length} cores, Node ${process.version}`;
}

const remarks = `Times are medians over the rounds; ratios are formed inside each round. P20 and P21 are CPU time of
the whole process (process.cpuUsage), all others time on the wall. WebCrypto and hash-wasm keep their
key; node:crypto and noble cannot. P2 asks for Bun too, which is not installed here. P16 asks for a
first webhook, which is not built yet: a state stands in for tenon's; the peer verifies a webhook.`;

async function main() {
  const elapsed = startClock();
  const { builds, json, rounds, wants } = readOptions();
  if (builds) await build();
  const lines = await measureAll({ rounds, wants });
  const { missed, tableOf } = await import("../tests/bench/lines.mjs");
  console.log(`\n${machine()}, ${rounds} rounds\n\n${tableOf(lines)}\n\n${remarks}`);
  const misses = missed(lines);
  console.log(misses.length === 0 ? "\nAll goals hold." : `\nMissed: ${misses.join("; ")}.`);
  if (json) {
    const report = { date: new Date().toISOString(), machine: machine(), rounds, lines };
    writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  console.log(`Measured in ${elapsed()}.`);
}

if (isMain(import.meta)) runMain(main);
