import { type Calls, withDates } from "./calls.js";
import { internal, invalid, TenonError, withCorrelation } from "./errors.js";
import { FairQueue } from "./fair-queue.js";
import type { Integration, RefreshInput, RefreshOutcome } from "./types.js";

// A provider's own limits are met sooner than ours; a store stands a few more.
const atOnce = { lane: 4, all: 16 };

const itemsMax = 1000;

// Found is one item of a batch with the connection it names, or why there is none.
interface Found {
  input: RefreshInput & { correlationId: string };
  outcome: RefreshOutcome;
}

// Refresher refreshes many connections at once: at most 4 of one provider and 16 in all, however many
// batches run. Organizations take turns (R47).
export class Refresher {
  readonly #reads = new FairQueue({ lane: atOnce.all, all: atOnce.all });
  readonly #refreshes = new FairQueue(atOnce);

  constructor(private readonly calls: Calls) {}

  // batch gives one outcome for each item, in order; no item can reject it. Items that name the same
  // connection share one refresh, forced when one of them asks for that.
  async batch(items: readonly RefreshInput[]): Promise<RefreshOutcome[]> {
    if (!Array.isArray(items)) throw invalid("items", "must be a list.");
    if (items.length > itemsMax) throw invalid("items", `must be ${itemsMax} at most.`);
    const found = await Promise.all(items.map((item) => this.#find(item)));
    const refreshes = new Map<string, Promise<RefreshOutcome>>();
    for (const [id, { input, outcome }] of mergedById(found)) {
      if (outcome.ok) refreshes.set(id, this.#refresh(input, outcome.connection));
    }
    return Promise.all(
      found.map(async ({ input, outcome }) => {
        const refreshed = outcome.ok ? await refreshes.get(outcome.connection.id) : undefined;
        return copyFor(input.correlationId, refreshed ?? outcome);
      }),
    );
  }

  // #find reads the connection that an item names: provider and organization decide its turn.
  async #find(item: RefreshInput): Promise<Found> {
    const correlationId = item?.correlationId ?? crypto.randomUUID();
    const input = { ...item, correlationId };
    const { organizationId, connectionId, userId, provider, accountId, signal } = input;
    const account = { connectionId, userId, provider, accountId };
    const named = { ...account, organizationId, correlationId, signal };
    const read = () => this.calls.run<{ connection: Integration }>("read", named);
    const outcome = await outcomeOf(this.#reads.run(String(organizationId), "", read));
    return { input, outcome };
  }

  #refresh(input: RefreshInput, connection: Integration): Promise<RefreshOutcome> {
    const { organizationId, provider, id } = connection;
    const named = { ...input, connectionId: id };
    const refresh = () => this.calls.change<{ connection: Integration }>("refresh", named);
    return outcomeOf(this.#refreshes.run(organizationId, provider, refresh));
  }
}

function mergedById(found: readonly Found[]): Map<string, Found> {
  const merged = new Map<string, Found>();
  for (const each of found) {
    if (!each.outcome.ok) continue;
    const { id } = each.outcome.connection;
    const first = merged.get(id) ?? each;
    const force = first.input.force || each.input.force || false;
    merged.set(id, { ...first, input: { ...first.input, force } });
  }
  return merged;
}

async function outcomeOf(work: Promise<{ connection: Integration }>): Promise<RefreshOutcome> {
  try {
    return { ok: true, connection: withDates((await work).connection) };
  } catch (cause) {
    return { ok: false, error: cause instanceof TenonError ? cause : internal(cause) };
  }
}

// copyFor gives each item an outcome of its own, with its own correlation id in an error.
function copyFor(correlationId: string, outcome: RefreshOutcome): RefreshOutcome {
  return outcome.ok
    ? { ok: true, connection: structuredClone(outcome.connection) }
    : { ok: false, error: withCorrelation(outcome.error, correlationId) };
}
