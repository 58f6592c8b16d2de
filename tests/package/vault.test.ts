// Sealed texts as they stand in storage, opened by the whole service on real WebCrypto: each opens in
// one place only, and only as it was written.
import { createMemoryStorage, type MemoryStorage } from "tenon/hosts/memory";
import { createIntegrations, type Integrations } from "tenon/service";
import { describe, expect, it } from "vitest";
import { createFakeProvider, type FakeProvider, provider } from "./fake-provider.ts";

const keys = [1, 2].map((id) => ({
  id,
  secret: Buffer.from(Array.from({ length: 32 }, (_, i) => i + id)).toString("base64url"),
}));

interface Stored {
  key: string;
  text: string;
  record: Record<string, string | number>;
}

interface Bench {
  storage: MemoryStorage;
  peer: FakeProvider;
  integrations: Integrations;
}

async function setUp(): Promise<Bench> {
  const storage = createMemoryStorage();
  const peer = createFakeProvider();
  const integrations = await createIntegrations({
    storage,
    keys,
    providers: [provider],
    fetch: peer.fetch,
    wake: () => undefined,
  });
  return { storage, peer, integrations };
}

async function connect({ integrations, peer }: Bench, organizationId: string, userId: string) {
  const caller = { organizationId, userId, provider: "practice" };
  const { authUrl, cookie } = await integrations.initiateOAuthFlow(caller);
  const query = peer.consent(authUrl);
  await integrations.handleOAuthCallback({
    ...caller,
    query,
    cookie: `${cookie?.name}=${cookie?.value}`,
  });
  return caller;
}

async function read({ storage }: Bench, organizationId: string, userId: string): Promise<Stored> {
  const key = `connection/${organizationId}/${userId}/practice/account-1`;
  const [entry] = await storage.get([key]);
  const text = entry?.value ?? "";
  return { key, text, record: JSON.parse(text) };
}

// write puts a row in place of the one that stands there, whatever it says.
async function write({ storage }: Bench, { key }: Stored, value: string): Promise<void> {
  await storage.commit({ checks: [], writes: [{ key, value }] });
}

const unreadable = { code: "CONFIGURATION_ERROR", retryable: false };

describe("a sealed text", () => {
  it("[R50] opens in no other row, field, organization or generation", async () => {
    const bench = await setUp();
    const caller = await connect(bench, "shop", "ada");
    await connect(bench, "shop", "bob");
    await connect(bench, "bank", "ada");
    const older = await read(bench, "shop", "ada");
    await bench.integrations.refreshToken({ ...caller, force: true });
    const own = await read(bench, "shop", "ada");
    const token = await bench.integrations.getAccessToken(caller);
    const others = [
      (await read(bench, "shop", "bob")).record.accessToken,
      (await read(bench, "bank", "ada")).record.accessToken,
      older.record.accessToken,
      own.record.refreshToken,
    ];
    for (const accessToken of others) {
      await write(bench, own, JSON.stringify({ ...own.record, accessToken }));
      await expect(bench.integrations.getAccessToken(caller)).rejects.toMatchObject(unreadable);
    }
    const places = [
      { id: `${own.record.id}x` },
      { organization: "bank" },
      { generation: Number(own.record.generation) - 1 },
      { generation: Number(own.record.generation) + 1 },
    ];
    for (const place of places) {
      await write(bench, own, JSON.stringify({ ...own.record, ...place }));
      await expect(bench.integrations.getAccessToken(caller)).rejects.toMatchObject({
        name: "TenonError",
      });
    }
    // A whole row of somebody else's is no better.
    await write(bench, own, (await read(bench, "shop", "bob")).text);
    await bench.integrations.getAccessToken(caller).then(
      (stolen) => expect.fail(`got ${stolen.length} characters`),
      (cause) => expect(cause).toMatchObject({ name: "TenonError" }),
    );
    await write(bench, own, own.text);
    expect(await bench.integrations.getAccessToken(caller)).toBe(token);
  });

  it("[R51] opens with no character of it changed", async () => {
    const bench = await setUp();
    const caller = await connect(bench, "shop", "ada");
    const own = await read(bench, "shop", "ada");
    const sealed = String(own.record.accessToken);
    expect(sealed).toMatch(/^t1\.1\.[\w-]{16}\.[\w-]+$/);
    for (let at = 0; at < sealed.length; at++) {
      for (const other of ["A", "w", "2", ".", "", "\u00e9"]) {
        const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
        if (changed === sealed) continue;
        await write(bench, own, JSON.stringify({ ...own.record, accessToken: changed }));
        await expect(bench.integrations.getAccessToken(caller)).rejects.toMatchObject(unreadable);
      }
    }
  });
});
