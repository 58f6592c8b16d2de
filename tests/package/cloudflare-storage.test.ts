import { fileURLToPath } from "node:url";
import { createCloudflareStorage } from "tenon/hosts/cloudflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storageCases } from "../conformance/storage.ts";
import { type RunningWorker, startWorker } from "./workerd/start.ts";

describe("the Durable Object storage in workerd", () => {
  let worker: RunningWorker;
  let outcomes: { name: string; failure: string | null }[] = [];

  const ask = async (path: string): Promise<unknown> => (await fetch(worker.url + path)).json();

  beforeAll(async () => {
    const entry = fileURLToPath(new URL("./workerd/storage-worker.ts", import.meta.url));
    worker = await startWorker({ entry, className: "Store" });
    outcomes = (await ask("/conformance")) as typeof outcomes;
  }, 60_000);

  afterAll(() => worker?.stop());

  for (const { name } of storageCases) {
    it(name, () => {
      const outcome = outcomes.find((each) => each.name === name);
      expect(outcome).toEqual({ name, failure: null });
    });
  }

  it("[R120] writes nothing for reads and refused commits on an empty object", async () => {
    expect(await ask("/reads")).toBe(0);
  });

  it("clears expired rows away in later commits", async () => {
    expect(await ask("/purge")).toBe(1);
  });

  it("moves the alarm to an earlier time only", async () => {
    expect(await ask("/wakes")).toEqual([0, 0, -1000]);
  });
});

describe("createCloudflareStorage", () => {
  it("refuses a store without SQL, such as the older key-value backend", () => {
    const keyValue = { get: () => null, put: () => null, transactionSync: () => null };
    expect(() => Reflect.apply(createCloudflareStorage, undefined, [keyValue])).toThrowError(
      expect.objectContaining({ name: "TenonError", code: "CONFIGURATION_ERROR" }),
    );
  });
});
