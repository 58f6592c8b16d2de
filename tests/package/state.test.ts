import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadTenon, type StateClaims, type Tenon, TenonError } from "tenon";
import { beforeAll, describe, expect, it } from "vitest";

const secretOf = (start: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (start + i) & 255)).toString("base64url");
const keys = [{ id: 7, secret: secretOf(1) }];
const now = 1_700_000_000_000;
const minute = 60_000;
const wasmFile = fileURLToPath(new URL("../../bindings/dist/tenon.wasm", import.meta.url));
const claims: StateClaims = {
  keys,
  userId: "user-1",
  organizationId: "acme",
  provider: "github",
  issuer: "https://github.com",
  redirectUri: "https://app.example/v1/callback/github",
  binding: "c2hhMjU2IG9mIGEgY29va2ll",
  now,
};

let tenon: Tenon;
beforeAll(async () => {
  tenon = await loadTenon();
});

// reasonOf gives code and reason of what a call throws.
function reasonOf(body: () => unknown): string {
  try {
    body();
  } catch (cause) {
    if (cause instanceof TenonError) return `${cause.code} ${cause.reason}`;
    throw cause;
  }
  return "accepted";
}

const verify = (state: string, changes: object = {}): string =>
  reasonOf(() => tenon.state.verify(state, { ...claims, ...changes }));

describe("a state", () => {
  it("verifies under the same claims and gives what it says", () => {
    const state = tenon.state.issue(claims);
    const facts = tenon.state.verify(state, claims);
    expect(facts).toMatchObject({ keyId: 7, issuedAt: now, route: "" });
    expect(state).toMatch(new RegExp(`^7:${now}:${facts.nonce}\\.[\\w-]{43}$`));
    expect(facts.nonce).toMatch(/^[\w-]{32}$/);
  });

  it("carries a route, which the MAC covers", () => {
    const route = tenon.route({ routeKey: secretOf(2), organizationId: "acme", userId: "user-1" });
    const state = tenon.state.issue({ ...claims, route });
    expect(tenon.state.inspect(state).route).toBe(route);
    expect(tenon.state.verify(state, claims).route).toBe(route);
    const other = tenon.route({ routeKey: secretOf(2), userId: "user-2" });
    expect(verify(state.replace(route, other))).toBe("INVALID_STATE state_signature");
    expect(verify(state.replace(`.${route}`, ""))).toBe("INVALID_STATE state_signature");
  });

  it("[R1] never comes twice, whatever else is asked for in between", () => {
    const states = Array.from({ length: 5000 }, (_, i) => {
      if (i % 7 === 0) tenon.pkce.create();
      return tenon.state.issue(claims);
    });
    expect(new Set(states).size).toBe(5000);
  });

  it("[R1] takes its randomness from getRandomValues alone, and fails without it", async () => {
    const real = crypto.getRandomValues.bind(crypto);
    const fresh = async (): Promise<Tenon> => loadTenon({ wasm: await readFile(wasmFile) });
    const fixed = <T extends ArrayBufferView | null>(into: T): T => {
      if (into instanceof Uint8Array) into.fill(9);
      return into;
    };
    try {
      Object.assign(crypto, { getRandomValues: fixed });
      const [first, second] = [await fresh(), await fresh()];
      expect(first.state.issue(claims)).toBe(second.state.issue(claims));
      expect(first.pkce.create()).toEqual(second.pkce.create());
      Object.assign(crypto, {
        getRandomValues: () => {
          throw new Error("no entropy");
        },
      });
      const third = await fresh();
      expect(reasonOf(() => third.state.issue(claims))).toMatch(/^INTERNAL_ERROR/);
      expect(reasonOf(() => third.pkce.create())).toMatch(/^INTERNAL_ERROR/);
    } finally {
      Object.assign(crypto, { getRandomValues: real });
    }
  });

  it("[R2] shows neither user nor organization, provider or binding", () => {
    const state = tenon.state.issue(claims);
    const shown = [state, ...state.split(/[:.]/).map((part) => Buffer.from(part, "base64url"))];
    for (const hidden of ["user-1", "acme", "github", "c2hhMjU2"]) {
      for (const part of shown) expect(part.includes(hidden)).toBe(false);
    }
  });

  it("[R3] is refused with any bit flipped", () => {
    const state = tenon.state.issue(claims);
    const bytes = new TextEncoder().encode(state);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(verify(new TextDecoder().decode(flipped))).toMatch(/^INVALID_STATE state_/);
    }
  });

  it("[R3] is refused when cut short, made longer, or under another or unknown key", () => {
    const state = tenon.state.issue(claims);
    for (let length = 1; length < state.length; length++) {
      expect(verify(state.slice(0, length))).toMatch(/^INVALID_STATE state_/);
    }
    expect(verify(`${state}A`)).toBe("INVALID_STATE state_malformed");
    expect(verify(`0${state}`)).toBe("INVALID_STATE state_malformed");
    const another = [{ id: 7, secret: secretOf(3) }];
    expect(verify(state, { keys: another })).toBe("INVALID_STATE state_signature");
    const unknown = [{ id: 8, secret: secretOf(1) }];
    expect(verify(state, { keys: unknown })).toBe("INVALID_STATE state_unknown_key");
  });

  it.each([
    ["userId", "user-2"],
    ["organizationId", "acme2"],
    ["provider", "google"],
    ["issuer", "https://github.com/"],
    ["redirectUri", "https://app.example/v1/callback/google"],
    ["binding", "none"],
  ])("[R5] is refused for another %s", (field, value) => {
    expect(verify(tenon.state.issue(claims), { [field]: value })).toBe(
      "INVALID_STATE state_signature",
    );
  });

  it("[R107] does not let text move from one field to the next", () => {
    const state = tenon.state.issue({ ...claims, organizationId: "ab", userId: "c" });
    expect(verify(state, { organizationId: "a", userId: "bc" })).toMatch(/state_signature$/);
  });

  it("[R7] lives ten minutes by default, to the millisecond", () => {
    const state = tenon.state.issue(claims);
    expect(verify(state, { now: now + 10 * minute - 1 })).toBe("accepted");
    expect(verify(state, { now: now + 10 * minute })).toBe("INVALID_STATE state_expired");
    expect(verify(state, { now: now + 10 * minute + 1 })).toBe("INVALID_STATE state_expired");
  });

  it("[R7] lives as long as asked, from 1 to 60 minutes", () => {
    const state = tenon.state.issue(claims);
    expect(verify(state, { ttlMs: minute, now: now + minute - 1 })).toBe("accepted");
    expect(verify(state, { ttlMs: minute, now: now + minute })).toMatch(/state_expired$/);
    for (const ttlMs of [minute - 1, 60 * minute + 1, Number.NaN]) {
      expect(verify(state, { ttlMs })).toMatch(/^VALIDATION_ERROR/);
    }
  });

  it("[R7] allows 60 seconds of skew and no more", () => {
    const state = tenon.state.issue(claims);
    expect(verify(state, { now: now - minute })).toBe("accepted");
    expect(verify(state, { now: now - minute - 1 })).toBe("INVALID_STATE state_from_future");
  });

  it("verifies under every key of the ring and signs with the first", () => {
    const old = tenon.state.issue(claims);
    const rotated = [{ id: 8, secret: secretOf(4) }, ...keys];
    expect(verify(old, { keys: rotated })).toBe("accepted");
    expect(tenon.state.issue({ ...claims, keys: rotated })).toMatch(/^8:/);
  });

  it("takes a key as bytes and as text alike", () => {
    const bytes = [{ id: 7, secret: Uint8Array.from(Buffer.from(secretOf(1), "base64url")) }];
    expect(verify(tenon.state.issue({ ...claims, keys: bytes }))).toBe("accepted");
  });

  it("goes on with more keys than it keeps ready", () => {
    const issued = Array.from({ length: 300 }, (_, id) => {
      const secret = Buffer.from(`key number ${id} `.repeat(3)).toString("base64url");
      const ring = [{ id, secret }];
      return { ring, state: tenon.state.issue({ ...claims, keys: ring }) };
    });
    for (const { ring, state } of issued) expect(verify(state, { keys: ring })).toBe("accepted");
  });

  it("is inspected without being trusted, and only when well-formed", () => {
    const state = tenon.state.issue(claims);
    expect(tenon.state.inspect(`${state.slice(0, -2)}AA`)).toMatchObject({
      keyId: 7,
      issuedAt: now,
    });
    for (const bad of [" ", "a", "7:1", `${state}:`, state.replace(":", ";"), "é".repeat(100)]) {
      expect(reasonOf(() => tenon.state.inspect(bad))).toBe("INVALID_STATE state_malformed");
    }
  });

  it("keeps no secret in memory once the call is over", () => {
    tenon.state.issue({ ...claims, keys: [{ id: 1, secret: secretOf(77) }] });
    const { bytes } = tenon.internals;
    const memory = Buffer.from(bytes.buffer, 0, bytes.length);
    expect(memory.includes(secretOf(77).slice(0, 16))).toBe(false);
    expect(memory.includes(Buffer.from(secretOf(77), "base64url").subarray(0, 16))).toBe(false);
  });
});

describe("arguments of state and route", () => {
  it.each([
    ["userId", { userId: "" }],
    ["userId", { userId: 5 }],
    ["userId", { userId: "x".repeat(2049) }],
    ["provider", { provider: undefined }],
    ["redirectUri", { redirectUri: null }],
    ["binding", { binding: "" }],
    ["now", { now: Number.NaN }],
    ["now", { now: "today" }],
    ["keys", { keys: [] }],
    ["keys[0].secret", { keys: [{ id: 1, secret: "short" }] }],
    ["keys[0].secret", { keys: [{ id: 1, secret: "A".repeat(43) }] }],
    ["keys[0].secret", { keys: [{ id: 1, secret: `${secretOf(1)}=` }] }],
    ["keys[0].secret", { keys: [{ id: 1, secret: new Uint8Array(31).map((_, i) => i) }] }],
    ["text", { userId: "\ud800" }],
  ])("are named when wrong: %s of %o", (name, changes) => {
    const call = () => Reflect.apply(tenon.state.issue, undefined, [{ ...claims, ...changes }]);
    expect(call).toThrowError(
      expect.objectContaining({ code: "VALIDATION_ERROR", metadata: { argument: name } }),
    );
  });

  it("are refused with a TenonError when they are no object at all", () => {
    for (const call of [tenon.state.issue, tenon.state.verify, tenon.route, tenon.expiry.decide]) {
      for (const nonsense of [undefined, null]) {
        expect(() => Reflect.apply(call, undefined, [nonsense, nonsense])).toThrowError(TenonError);
      }
    }
  });

  it("give a route of 22 characters that depends on key, organization and user", () => {
    const input = { routeKey: secretOf(5), organizationId: "acme", userId: "user-1" };
    const routes = [
      tenon.route(input),
      tenon.route({ ...input, userId: "user-2" }),
      tenon.route({ ...input, organizationId: "acm", userId: "euser-1" }),
      tenon.route({ ...input, routeKey: secretOf(6) }),
    ];
    expect(new Set(routes).size).toBe(4);
    for (const route of routes) expect(route).toMatch(/^[\w-]{22}$/);
    expect(tenon.route(input)).toBe(routes[0]);
  });
});
