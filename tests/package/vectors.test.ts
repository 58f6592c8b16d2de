import { loadTenon } from "tenon";
import { loadTenon as loadFromService } from "tenon/service";
import { beforeAll, describe, expect, it } from "vitest";
import { expectedCounts, readVectors } from "./read-vectors.ts";
import { runPureVectors, runVectors, type VectorCounts } from "./vectors.ts";

const vectors = readVectors();

describe("published vectors in Node", () => {
  let counts: VectorCounts = {};

  beforeAll(async () => {
    const pure = (await loadTenon()).internals;
    counts = runPureVectors(pure, vectors);
    counts = runVectors(pure, (await loadFromService()).internals, vectors);
  });

  for (const [name, wanted] of Object.entries(expectedCounts)) {
    it(`hold: ${name}, ${wanted} of ${wanted}`, () => {
      expect(counts[name]).toEqual({ ran: wanted, failed: [] });
      const again = counts[`${name} (service module)`];
      if (name !== "json" && name !== "tokenResponses") expect(again).toEqual(counts[name]);
    });
  }

  it("[R79] decide 283 of the JSON cases one way", () => {
    expect(vectors.json.tests.filter(({ expect: decided }) => decided !== "either")).toHaveLength(
      283,
    );
  });
});
