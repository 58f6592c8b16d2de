import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectedCounts, readVectors } from "./read-vectors.ts";
import type { VectorCounts } from "./vectors.ts";
import { type RunningWorker, startWorker } from "./workerd/start.ts";

describe("the package in workerd", () => {
  let worker: RunningWorker;

  const ask = async (path: string, init?: RequestInit) =>
    (await fetch(worker.url + path, init)).json() as Promise<never>;

  beforeAll(async () => {
    const entry = fileURLToPath(new URL("./workerd/package-worker.ts", import.meta.url));
    worker = await startWorker({ entry });
  }, 60_000);

  afterAll(() => worker?.stop());

  it("loads at module scope and makes a PKCE pair", async () => {
    const { verifier, challenge }: Record<string, string> = await ask("/");
    expect(
      createHash("sha256")
        .update(verifier ?? "")
        .digest("base64url"),
    ).toBe(challenge);
  });

  it("starts a connection", async () => {
    expect(await ask("/connect")).toEqual({ host: "provider.example", state: 1 });
  });

  it("refuses readably to compile bytes, which the runtime forbids", async () => {
    expect(await ask("/refusal")).toBe("CONFIGURATION_ERROR");
  });

  it("agrees with every published vector", async () => {
    const body = JSON.stringify(readVectors());
    const counts: VectorCounts = await ask("/vectors", { method: "POST", body });
    const failed = Object.entries(counts).filter(([, count]) => count.failed.length > 0);
    expect(failed).toEqual([]);
    const ran = Object.keys(expectedCounts).map((name) => [name, counts[name]?.ran]);
    expect(Object.fromEntries(ran)).toEqual(expectedCounts);
  });
});
