import { createHash, createHmac } from "node:crypto";
import {
  errorCodes,
  isIntegrationError,
  isSuccessResponse,
  loadTenon,
  type Tenon,
  TenonError,
} from "tenon";
import { beforeAll, describe, expect, it } from "vitest";

let tenon: Tenon;
beforeAll(async () => {
  tenon = await loadTenon();
});

const now = 1_700_000_000_000;
const minute = 60_000;

function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (cause) {
    return cause instanceof TenonError ? cause.code : `not a TenonError: ${String(cause)}`;
  }
  return "accepted";
}

describe("pkce", () => {
  it("[R20] makes verifiers of 43 characters with their S256 challenge, fresh each time", () => {
    const pairs = Array.from({ length: 100 }, () => tenon.pkce.create());
    for (const { verifier, challenge, method } of pairs) {
      expect(verifier).toMatch(/^[\w-]{43}$/);
      expect(challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
      expect(method).toBe("S256");
      expect(tenon.pkce.challenge(verifier)).toBe(challenge);
    }
    expect(new Set(pairs.map(({ verifier }) => verifier)).size).toBe(100);
  });

  it("leaves no verifier behind in memory", () => {
    const { verifier } = tenon.pkce.create();
    const { bytes } = tenon.internals;
    expect(Buffer.from(bytes.buffer, 0, bytes.length).includes(verifier)).toBe(false);
  });
});

describe("expiry", () => {
  const decide = (expiresIn: number | null, changes: object = {}) =>
    tenon.expiry.decide({
      now,
      expiresAt: expiresIn === null ? null : now + expiresIn,
      hasRefreshToken: true,
      ...changes,
    });

  it("uses a fresh token, and says when to refresh it", () => {
    expect(decide(60 * minute)).toEqual({
      status: "valid",
      action: "use",
      refreshAt: now + 55 * minute,
    });
  });

  it("refreshes behind a token that is about to expire, and at once when it has", () => {
    expect(decide(minute)).toMatchObject({ status: "expiring", action: "refresh_soon" });
    expect(decide(1)).toMatchObject({ status: "expiring", action: "refresh_soon" });
    expect(decide(0)).toMatchObject({ status: "expired", action: "refresh_now" });
    expect(decide(-1)).toMatchObject({ status: "expired", action: "refresh_now" });
  });

  it("asks to connect again when there is nothing to refresh with", () => {
    expect(decide(0, { hasRefreshToken: false })).toEqual({
      status: "expired",
      action: "reconnect",
      refreshAt: null,
    });
  });

  it("does not take an unknown expiry for an expired or an endless one", () => {
    expect(decide(null)).toMatchObject({ status: "unknown", action: "use" });
  });

  it("[R44] keeps the margin below 20 % of the lifetime", () => {
    const early = decide(minute, { issuedAt: now });
    expect(early.refreshAt).toBeGreaterThanOrEqual(now + 48_000);
    expect(early.status).toBe("valid");
  });

  it("takes Dates like numbers", () => {
    const expiresAt = now + 60 * minute;
    const asDates = tenon.expiry.decide({
      now: new Date(now),
      expiresAt: new Date(expiresAt),
      hasRefreshToken: true,
    });
    expect(asDates).toEqual(decide(60 * minute));
  });

  it("refuses times that are no times", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), "soon"]) {
      expect(codeOf(() => decide(0, { expiresAt: bad }))).toBe("VALIDATION_ERROR");
    }
    expect(codeOf(() => decide(0, { jitter: 1.1 }))).toBe("VALIDATION_ERROR");
  });
});

describe("retry", () => {
  const policy = { attemptsMax: 3, baseMs: 100, factor: 2, capMs: 150, jitter: "none" } as const;

  it("doubles the delay up to the cap, and ends with the attempts", () => {
    const next = (attempt: number) =>
      tenon.retry.next({ attempt, outcome: { status: 503 }, policy, now });
    expect(next(1)).toEqual({ retry: true, delayMs: 100, reason: "retry" });
    expect(next(2)).toEqual({ retry: true, delayMs: 150, reason: "retry" });
    expect(next(3)).toEqual({ retry: false, delayMs: 0, reason: "attempts_used_up" });
  });

  it("repeats what may work later, and nothing else", () => {
    const retries = (outcome: object): boolean =>
      tenon.retry.next({ attempt: 1, outcome, policy, now }).retry;
    expect([408, 425, 429, 502, 503, 504].map((status) => retries({ status }))).toEqual(
      Array(6).fill(true),
    );
    expect([200, 400, 401, 403, 404, 500, 501].map((status) => retries({ status }))).toEqual(
      Array(7).fill(false),
    );
    expect(retries({ status: 500, idempotent: true })).toBe(true);
    expect(retries({ network: "refused" })).toBe(true);
  });

  it("[R88] spreads delays of full jitter from zero to the bound", () => {
    const delay = (random: number): number =>
      tenon.retry.next({ attempt: 2, outcome: { status: 503 }, random, now }).delayMs;
    expect(delay(0)).toBe(0);
    expect(delay(0.5)).toBeCloseTo(1000, -1);
    expect(delay(1)).toBeLessThanOrEqual(2000);
    const drawn = tenon.retry.next({ attempt: 1, outcome: { status: 503 } }).delayMs;
    expect(drawn).toBeGreaterThanOrEqual(0);
    expect(drawn).toBeLessThanOrEqual(1000);
  });

  it("[R89] never comes back earlier than Retry-After asks", () => {
    const outcome = { status: 429, retryAfter: "2" };
    expect(tenon.retry.next({ attempt: 1, outcome, policy, now }).delayMs).toBeGreaterThanOrEqual(
      2000,
    );
  });

  it("[R89] reads seconds and HTTP dates, and nothing else", () => {
    expect(tenon.retry.parseRetryAfter("120")).toBe(120_000);
    const date = new Date(now + 30_000).toUTCString();
    expect(tenon.retry.parseRetryAfter(date, now)).toBe(30_000);
    for (const bad of ["", "-1", "1.5", "soon", "0x10"]) {
      expect(tenon.retry.parseRetryAfter(bad, now)).toBeNull();
    }
  });

  it("[R88] gives a schedule's delays one after another, with jitter to both sides", () => {
    const schedule = { delaysMs: [0, 5000, 300_000] };
    const next = (attempt: number, random: number, jitterShare = 0.2) =>
      tenon.retry.next({
        attempt,
        outcome: { status: 503 },
        policy: { ...schedule, jitterShare },
        random,
        now,
      });
    expect([0, 0.5, 1].map((random) => next(1, random).delayMs)).toEqual([4000, 5000, 6000]);
    expect(next(2, 0.7, 0).delayMs).toBe(300_000);
    expect(next(3, 0)).toEqual({ retry: false, delayMs: 0, reason: "attempts_used_up" });
    expect(codeOf(() => next(1, 0, 1.1))).toBe("VALIDATION_ERROR");
    expect(codeOf(() => next(1, 0, Number.NaN))).toBe("VALIDATION_ERROR");
  });

  it("[R88] draws decorrelated delays from the previous one", () => {
    const policy = {
      attemptsMax: 100,
      baseMs: 100,
      factor: 2,
      capMs: 5000,
      jitter: "decorrelated",
    } as const;
    const next = (random: number, previousDelayMs?: number) =>
      tenon.retry.next({
        attempt: 7,
        outcome: { status: 503 },
        policy,
        random,
        now,
        ...(previousDelayMs === undefined ? {} : { previousDelayMs }),
      }).delayMs;
    expect([0, 1].map((random) => next(random))).toEqual([100, 300]);
    expect([0, 1].map((random) => next(random, 1000))).toEqual([100, 3000]);
    expect([0, 1].map((random) => next(random, 4000))).toEqual([100, 5000]);
  });

  it("[R89] reads rate limits from any form of header fields", () => {
    const fields = { RateLimit: '"a";r=0;t=7', "Content-Type": "text/plain", other: undefined };
    const told = { waitMs: 7000, remaining: 0 };
    expect(tenon.retry.rateLimit(fields, { now })).toEqual(told);
    expect(tenon.retry.rateLimit(new Headers({ ratelimit: '"a";r=0;t=7' }), { now })).toEqual(told);
    expect(tenon.retry.rateLimit([["RateLimit", '"a";r=0;t=7']], { now })).toEqual(told);
    expect(tenon.retry.rateLimit({}, { now })).toEqual({ waitMs: null, remaining: null });
    const reset = { "x-ratelimit-reset": String(now / 1000 + 9) };
    expect(tenon.retry.rateLimit(reset, { now, status: 429 }).waitMs).toBe(9000);
    expect(tenon.retry.rateLimit(reset, { now, status: 200 }).waitMs).toBeNull();
    const refuse = () => Reflect.apply(tenon.retry.rateLimit, undefined, [null]);
    expect(codeOf(refuse)).toBe("VALIDATION_ERROR");
  });

  it("[R89] waits for what rateLimit found, unless its own delay is longer", () => {
    const next = (waitMs: number | null) =>
      tenon.retry.next({ attempt: 1, outcome: { status: 429, waitMs }, policy, now }).delayMs;
    expect([null, 0, 50, 9000].map(next)).toEqual([100, 100, 100, 9000]);
  });

  it("names what is wrong with a question", () => {
    const ask = (changes: object): string =>
      codeOf(() =>
        Reflect.apply(tenon.retry.next, undefined, [
          { attempt: 1, outcome: {}, policy, ...changes },
        ]),
      );
    expect(ask({ attempt: 0 })).toBe("VALIDATION_ERROR");
    expect(ask({ outcome: { network: "smoke" } })).toBe("VALIDATION_ERROR");
    expect(ask({ outcome: { status: 1000 } })).toBe("VALIDATION_ERROR");
    expect(ask({ policy: { ...policy, jitter: "some" } })).toBe("VALIDATION_ERROR");
    expect(ask({ policy: { ...policy, baseMs: -1 } })).toBe("VALIDATION_ERROR");
    expect(ask({ policy: "unheard of" })).toBe("VALIDATION_ERROR");
  });
});

describe("crypto", () => {
  const data = ["", "a", "x".repeat(47), "y".repeat(48), "ü€😀", "z".repeat(5000)];

  it("signs like node:crypto, text and bytes, whatever their length", () => {
    for (const [name, node] of [
      ["SHA-1", "sha1"],
      ["SHA-256", "sha256"],
      ["SHA-512", "sha512"],
    ] as const) {
      const key = tenon.crypto.hmacKey(name, "a key");
      for (const text of data) {
        const expected = new Uint8Array(createHmac(node, "a key").update(text).digest());
        const bytes = new TextEncoder().encode(text);
        expect(key.sign(text)).toEqual(expected);
        expect(key.sign(bytes)).toEqual(expected);
        expect(key.verify(text, expected)).toBe(true);
        expect(key.verify(`${text}!`, expected)).toBe(false);
        expect(key.verify(text, expected.subarray(1))).toBe(false);
        expect(key.verify(text, new Uint8Array(65))).toBe(false);
        const hashed = new Uint8Array(createHash(node).update(text).digest());
        expect(tenon.crypto.hash(name, bytes)).toEqual(hashed);
      }
      key.drop();
    }
  });

  it("refuses a dropped key, and a key beyond the places there are", () => {
    const key = tenon.crypto.hmacKey("SHA-256", "x");
    key.drop();
    key.drop();
    expect(codeOf(() => key.sign("a"))).toBe("VALIDATION_ERROR");
    const held: { drop(): void }[] = [];
    const takeAll = (): void => {
      for (let i = 0; i < 300; i++) held.push(tenon.crypto.hmacKey("SHA-256", String(i)));
    };
    expect(codeOf(takeAll)).toBe("CONFIGURATION_ERROR");
    for (const each of held) each.drop();
    expect(codeOf(() => tenon.crypto.hmacKey("SHA-256", "x").drop())).toBe("accepted");
  });

  it("refuses an algorithm it does not have", () => {
    const hash = () => Reflect.apply(tenon.crypto.hash, undefined, ["MD5", "x"]);
    expect(codeOf(hash)).toBe("VALIDATION_ERROR");
  });

  it("compares text and bytes", () => {
    const { timingSafeEqual } = tenon.crypto;
    expect(timingSafeEqual("é", new TextEncoder().encode("é"))).toBe(true);
    expect(timingSafeEqual("abc", "abd")).toBe(false);
    expect(timingSafeEqual("abc", "ab")).toBe(false);
    expect(timingSafeEqual("", "")).toBe(true);
  });

  it("grows its buffer for large input and refuses more than 16 MiB", () => {
    const large = new Uint8Array(3_000_000).fill(1);
    const expected = new Uint8Array(createHash("sha256").update(large).digest());
    expect(tenon.crypto.hash("SHA-256", large)).toEqual(expected);
    const huge = new Uint8Array(16 * 1024 * 1024);
    expect(codeOf(() => tenon.crypto.hash("SHA-256", huge))).toBe("VALIDATION_ERROR");
    expect(tenon.crypto.hash("SHA-1", "abc")).toHaveLength(20);
  });
});

describe("return addresses", () => {
  it("[R11] passes a path and an allowed origin on, and nothing else", () => {
    const origins = ["https://app.example"];
    expect(tenon.returnTo.check("/settings?a=b", [])).toBe("/settings?a=b");
    expect(tenon.returnTo.check("https://app.example/x", origins)).toBe("https://app.example/x");
    for (const bad of [
      "//evil.example",
      "https://evil.example/",
      "javascript:alert(1)",
      "/\\evil",
    ]) {
      expect(codeOf(() => tenon.returnTo.check(bad, origins))).toBe("INVALID_REDIRECT_URL");
    }
  });
});

describe("errors", () => {
  const thrown = (): TenonError => {
    try {
      tenon.state.inspect("nonsense");
    } catch (cause) {
      if (cause instanceof TenonError) return cause;
    }
    throw new Error("nothing was thrown");
  };

  it("take name, sentence and retryable from the core's table", () => {
    const error = thrown();
    expect(error).toMatchObject({ code: "INVALID_STATE", retryable: false });
    expect(error.message).toBe("This sign-in link is not valid any more.");
    expect(tenon.internals.error(20).message).not.toBe("");
    expect(tenon.internals.error(15)).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
  });

  it("[R57] are safe to hand out: no reason, stack or cause in JSON or when spread", () => {
    const error = thrown();
    expect(error.reason).toBe("state_malformed");
    for (const shown of [JSON.stringify(error), JSON.stringify({ ...error })]) {
      expect(shown).not.toContain("state_malformed");
      expect(shown).not.toContain("stack");
    }
    expect(Object.keys(JSON.parse(JSON.stringify(error))).sort()).toEqual([
      "code",
      "correlationId",
      "message",
      "retryable",
      "timestamp",
    ]);
    expect(error.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("are recognised with or without their class", () => {
    expect(isIntegrationError(thrown())).toBe(true);
    expect(isIntegrationError(JSON.parse(JSON.stringify(thrown())))).toBe(true);
    for (const other of [null, undefined, "x", new Error("x"), { code: 5 }, {}]) {
      expect(isIntegrationError(other)).toBe(false);
    }
  });

  it("are told from answers in the envelope", () => {
    expect(isSuccessResponse({ success: true, data: 1 })).toBe(true);
    expect(isSuccessResponse({ success: true })).toBe(false);
    expect(isSuccessResponse({ success: false, data: 1 })).toBe(false);
  });

  it("have the codes of the core's table, in its order, each with a sentence", () => {
    const { internals } = tenon;
    const numbers = errorCodes.map((_, index) => index + 1);
    expect(numbers.map((number) => internals.error(number).code)).toEqual(errorCodes);
    expect(internals.error(errorCodes.length + 1).code).toBe("");
    for (const number of numbers) expect(internals.error(number).message).toMatch(/^[A-Z].*\.$/);
    expect(internals.error(4, 2)).toMatchObject({
      code: "INVALID_STATE",
      reason: "state_unknown_key",
    });
  });
});

describe("a trap", () => {
  it("costs the instance, not the caller: the next call works, old keys say so", () => {
    const { internals } = tenon;
    const key = tenon.crypto.hmacKey("SHA-256", "x");
    const real = internals.exports.tenon_pkce;
    const broken = {
      ...internals.exports,
      tenon_pkce: () => {
        throw new WebAssembly.RuntimeError("unreachable");
      },
    };
    internals.exports = broken;
    expect(codeOf(() => tenon.pkce.create())).toBe("INTERNAL_ERROR");
    expect(internals.exports.tenon_pkce).not.toBe(broken.tenon_pkce);
    expect(internals.exports.tenon_pkce).not.toBe(real);
    expect(tenon.pkce.create().verifier).toHaveLength(43);
    expect(codeOf(() => key.sign("a"))).toBe("VALIDATION_ERROR");
  });
});
