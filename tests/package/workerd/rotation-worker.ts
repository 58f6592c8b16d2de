// Runs inside workerd: keys that rotate twice under load, in a real SQLite Durable Object and with the
// WebCrypto of workerd.
import { createCloudflareStorage, type DurableStorage } from "tenon/hosts/cloudflare";
import { createIntegrations, type Integrations, type Storage } from "tenon/service";

const users = Array.from({ length: 8 }, (_, n) => `user-${n}`);
const entry = {
  id: "mailer",
  display_name: "Mailer",
  auth_kind: "api_key",
  api_key: {},
  profile: { url: "https://api.mailer.example/me", id_path: "id" },
} as const;

function open(storage: Storage, ...ids: number[]): Promise<Integrations> {
  return createIntegrations({
    storage,
    keys: ids.map((id) => ({ id, secret: Uint8Array.from({ length: 32 }, (_, i) => i + id) })),
    providers: [{ entry }],
    fetch: async () => Response.json({ id: "account-1" }),
    wake: () => undefined,
  });
}

async function textsUnder(storage: Storage, id: number): Promise<number> {
  const rows = await storage.list({ prefix: "", limit: 1000 });
  return rows.filter(({ value }) => value.includes(`"t1.${id}.`)).length;
}

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 1));
}

async function rotateTwice(storage: Storage): Promise<unknown> {
  const fleet = [await open(storage, 1), await open(storage, 1)];
  const failures: string[] = [];
  const busy = new Map<Integrations, number>();
  let calls = 0;
  let over = false;
  const load = async (userId: string, n: number): Promise<void> => {
    const question = { provider: "mailer", userId };
    for (let turn = n; !over; turn++) {
      const by = fleet[turn % 2] as Integrations;
      busy.set(by, (busy.get(by) ?? 0) + 1);
      const apiKey = `key-of-${userId}-${turn}`;
      const call =
        turn === n || turn % 3 === 0
          ? by.connectApiKey({ ...question, apiKey })
          : by.getAccessToken(question);
      await call.catch((cause) => failures.push(String(cause)));
      busy.set(by, (busy.get(by) ?? 0) - 1);
      calls += 1;
      await pause();
    }
  };
  const running = users.map(load);
  // replace puts a new instance in the place of one and waits for the old one's calls to end.
  const replace = async (place: 0 | 1, ...ids: number[]): Promise<void> => {
    const old = fleet[place] as Integrations;
    fleet[place] = await open(storage, ...ids);
    while (busy.get(old)) await pause();
  };
  const left: number[] = [];
  for (const [old, next] of [
    [1, 2],
    [2, 3],
  ] as const) {
    for (const ids of [
      [old, next],
      [next, old],
    ]) {
      await replace(0, ...ids);
      await replace(1, ...ids);
      for (const wanted = calls + 60; calls < wanted; ) await pause();
    }
    const { remaining } = await (fleet[0] as Integrations).rotateKeys();
    await (fleet[1] as Integrations).retireKey(old);
    left.push(Object.keys(remaining).length + (await textsUnder(storage, old)));
    await replace(0, next);
    await replace(1, next);
  }
  over = true;
  await Promise.all(running);
  const last = await open(storage, 3);
  const tokens = users.map((userId) => last.getAccessToken({ provider: "mailer", userId }));
  return { failures, left, calls, tokens: (await Promise.all(tokens)).length };
}

export class Store {
  constructor(private readonly state: { storage: DurableStorage }) {}

  async fetch(): Promise<Response> {
    return Response.json(await rotateTwice(createCloudflareStorage(this.state.storage)));
  }
}

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

export default {
  fetch(request: Request, env: { STORE: Namespace }): Promise<Response> | Response {
    if (new URL(request.url).pathname === "/ready") return new Response("ready");
    return env.STORE.get(env.STORE.idFromName("only")).fetch(request);
  },
};
