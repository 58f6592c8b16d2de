import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSuite, type Suite } from "./suite.ts";

describe("the wasm modules in workerd", () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await openSuite();
  });
  afterAll(() => suite.close());

  test("import nothing [R118]", async () => {
    expect(await suite.ask("/imports")).toEqual([[], []]);
  });
});
