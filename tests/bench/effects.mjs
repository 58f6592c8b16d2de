// Row P14: an effect round trip. A runDue finds rows of a kind it does not know and puts each off by
// an hour, with one commit and no JSON: what is left is asking the host and hearing its answer, whose
// store answers at once. The flow's own start and end are spread over the rows.
import { createMemoryStorage } from "tenon/hosts/memory";
import { createIntegrations } from "tenon/service";
import { mustHold } from "./rounds.mjs";
import { aService } from "./service.mjs";

const now = 1_800_000_000_000;
const hourMs = 3_600_000;
const effects = 200;

const keyAt = (time, rest) => `due/${String(time).padStart(16, "0")}${rest}`;
const rows = Array.from({ length: effects }, (_, i) => ({
  key: keyAt(now - effects + i, `/unknown/${String(i).padStart(22, "0")}`),
  value: "",
  version: String(i),
}));

/** effectJobs gives the one job of this row. */
export function effectJobs() {
  return [{ id: "effect", open: openEffects }];
}

// instantStore finds the rows, takes every commit and keeps none.
function instantStore(commit = async () => ({ ok: true, version: "1" })) {
  return {
    get: (keys) => createMemoryStorage().get(keys),
    list: async ({ prefix, limit }) => (prefix === "due/" && limit > 1 ? rows : []),
    commit,
  };
}

const open = (storage) =>
  createIntegrations({ ...aService, storage, now: () => now, wake: () => undefined });

// plainRunDue is the same work as a plain async function.
async function plainRunDue(storage, { limit }) {
  const end = keyAt(now + 1, "");
  let failed = 0;
  for (const { key, value, version } of await storage.list({ prefix: "due/", end, limit })) {
    const later = keyAt(now + hourMs, key.slice("due/".length + 16));
    await storage.commit({
      checks: [{ key, version }],
      writes: [
        { key, delete: true },
        { key: later, value },
      ],
    });
    failed++;
  }
  const rest = await storage.list({ prefix: "due/", limit: 1 });
  return { done: 0, failed, next: rest.length > 0 ? now : null };
}

async function openEffects() {
  const service = await open(instantStore());
  const storage = instantStore();
  return {
    perRun: effects,
    contenders: {
      tenon: () => service.runDue({ limit: effects }),
      "plain async function": () => plainRunDue(storage, { limit: effects }),
    },
    check,
  };
}

// Both sides must ask for the same, to the letter and in the same order.
async function check() {
  const [own, plain] = [[], []];
  const noting = (into) =>
    instantStore(async (batch) => {
      into.push(batch);
      return { ok: true, version: "1" };
    });
  const service = await open(noting(own));
  const given = await service.runDue({ limit: effects });
  const wanted = await plainRunDue(noting(plain), { limit: effects });
  mustHold(own.length === effects, `${own.length} effects`);
  mustHold(JSON.stringify(given) === JSON.stringify(wanted), JSON.stringify(given));
  for (const [i, batch] of own.entries()) {
    mustHold(sorted(batch) === sorted(plain[i]), `effect ${i}: ${JSON.stringify(batch)}`);
  }
  service.close();
}

const sorted = ({ checks, writes }) =>
  JSON.stringify([checks, writes].flat().map((each) => Object.entries(each).sort()));
