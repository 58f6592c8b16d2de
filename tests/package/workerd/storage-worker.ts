// Runs inside workerd: the storage conformance cases against a real SQLite Durable Object, and what an
// object that was only read holds afterwards.
import { createCloudflareStorage, type DurableStorage, wakeByAlarm } from "tenon/hosts/cloudflare";
import { storageCases } from "../../conformance/storage.ts";

interface State {
  storage: DurableStorage & {
    deleteAll(): Promise<void>;
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
  };
}

interface Outcome {
  name: string;
  failure: string | null;
}

export class Store {
  constructor(private readonly state: State) {}

  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    return Response.json(await this.#answer(pathname));
  }

  async #answer(pathname: string): Promise<unknown> {
    if (pathname === "/conformance") return this.#conformance();
    if (pathname === "/reads") return this.#readOnly();
    if (pathname === "/purge") return this.#purge();
    return this.#wakes();
  }

  async #conformance(): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { name, run } of storageCases) {
      await this.state.storage.deleteAll();
      let failure: string | null = null;
      try {
        await run((now) => createCloudflareStorage(this.state.storage, { now }));
      } catch (cause) {
        failure = String(cause);
      }
      outcomes.push({ name, failure });
    }
    return outcomes;
  }

  async #readOnly(): Promise<unknown> {
    await this.state.storage.deleteAll();
    const store = createCloudflareStorage(this.state.storage);
    await store.get(["pending/unknown"]);
    await store.list({ prefix: "", limit: 10 });
    await store.commit({
      checks: [{ key: "a", version: "1" }],
      writes: [{ key: "a", value: "1" }],
    });
    await store.commit({ checks: [], writes: [] });
    return this.#count("sqlite_master");
  }

  async #purge(): Promise<unknown> {
    await this.state.storage.deleteAll();
    let now = 1000;
    const store = createCloudflareStorage(this.state.storage, { now: () => now });
    const write = (key: string, expiresAt?: number) =>
      store.commit({
        checks: [],
        writes: [{ key, value: "x", ...(expiresAt && { expiresAt }) }],
      });
    await write("old", 2000);
    now = 3000;
    await write("new");
    return this.#count("tenon_rows");
  }

  async #wakes(): Promise<unknown> {
    await this.state.storage.deleteAll();
    const wake = wakeByAlarm(this.state.storage);
    const later = Date.now() + 3_600_000;
    const seen: (number | null)[] = [];
    for (const at of [later, later + 1000, later - 1000]) {
      await wake(at);
      seen.push((await this.state.storage.getAlarm()) ?? null);
    }
    return seen.map((at) => (at ?? 0) - later);
  }

  #count(table: string): number {
    const { sql } = this.state.storage;
    const name = table === "sqlite_master" ? " WHERE name LIKE 'tenon%'" : "";
    return Number(sql.exec(`SELECT count(*) AS n FROM ${table}${name}`).toArray()[0]?.n);
  }

  alarm(): void {
    // Nothing is due here: the test only looks at when the alarm is set for.
  }
}

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

export default {
  fetch(request: Request, env: { STORE: Namespace }): Promise<Response> {
    return env.STORE.get(env.STORE.idFromName("only")).fetch(request);
  },
};
