// Measures the job named on the command line and prints its figures. See in-node.mjs.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { openEngine } from "./jobs.mjs";

const moduleBytes = (name) => readFile(createRequire(import.meta.url).resolve(`tenon/${name}`));

const families = {
  hmac: async () => {
    const { hmacJobs } = await import("./hmac.mjs");
    return hmacJobs({ tenon: await pure(), createHmac });
  },
  state: async () => (await import("./state.mjs")).stateJobs({ tenon: await pure() }),
  pkce: async () => (await import("./pkce.mjs")).pkceJobs({ tenon: await pure() }),
  decision: async () => (await import("./decisions.mjs")).decisionJobs({ tenon: await pure() }),
  effect: async () => (await import("./effects.mjs")).effectJobs(),
  start: startJobs,
  access: async () => (await import("./service.mjs")).serviceJobs(),
  connect: async () => (await import("./service.mjs")).serviceJobs(),
};

async function pure() {
  const { loadTenon } = await import("tenon");
  return loadTenon();
}

async function startJobs() {
  const { startUpJobs } = await import("./start-up.mjs");
  const [{ loadTenon }, service] = [await import("tenon"), await import("tenon/service")];
  return startUpJobs({
    "tenon.wasm": { bytes: await moduleBytes("tenon.wasm"), load: loadTenon },
    "tenon-service.wasm": {
      bytes: await moduleBytes("tenon-service.wasm"),
      load: service.loadTenon,
    },
  });
}

async function main() {
  const question = JSON.parse(process.argv[2]);
  const [family] = question.job.split("-");
  const engine = openEngine(await families[family]());
  console.log(JSON.stringify(await engine.measure(question)));
}

main().catch((failure) => {
  console.error(failure.message);
  process.exitCode = 1;
});
