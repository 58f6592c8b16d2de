// The published vectors against the module of whatever runtime calls this: Node, workerd and Chromium
// run the same cases. It imports nothing but types.
import type { Tenon } from "tenon";
import type { ServiceInternals } from "tenon/service";

type PureInternals = Tenon["internals"];

interface MacFile {
  testGroups: {
    tagSize: number;
    tests: { tcId: number; key: string; msg: string; tag: string; result: string }[];
  }[];
}

// Vectors is the content of the files under tests/vectors, by what they hold.
export interface Vectors {
  hmacSha1: MacFile;
  hmacSha256: MacFile;
  hmacSha512: MacFile;
  hkdf: {
    testGroups: {
      tests: {
        tcId: number;
        ikm: string;
        salt: string;
        info: string;
        size: number;
        okm: string;
        result: string;
      }[];
    }[];
  };
  rfc4231: { tests: Record<string, string>[] };
  rfc2202: { tests: Record<string, string>[] };
  sha: { tests: { hash: string; message_ascii: string; repeat: number; digest_hex: string }[] };
  pkce: {
    appendix_b: { random_octets: number[]; code_verifier: string; code_challenge: string };
    valid_verifiers: { code_verifier: string; code_challenge: string }[];
    invalid_verifiers: { code_verifier: string; why: string }[];
  };
  base64: {
    valid: { input_ascii: string; base64: string; base64url_nopad: string }[];
    strict_reject_base64: string[];
    strict_reject_base64url_nopad: string[];
  };
  returnTo: { cases: { input: string; expect: string }[] };
  retryAfter: RetryAfterFile;
  rateLimit: RetryAfterFile;
  json: { tests: JsonCase[] };
  tokenResponses: { cases: TokenCase[] };
}

interface RetryAfterFile {
  // now and what is expected are seconds; null: ignore it, "cap": wait as long as we ever do.
  now: number;
  cases: { value: string; expect: number | "cap" | null }[];
  combined: { status: number; headers: Record<string, string>; expect: number | null }[];
}

interface JsonCase {
  name: string;
  expect: "accept" | "reject" | "either";
  base64?: string;
  repeat?: { unit_base64: string; count: number; tail_base64: string };
}

interface TokenCase {
  name: string;
  class: string;
  status?: number;
  content_type?: string;
  headers?: Record<string, string>;
  body?: string;
  transport?: string;
  provider?: string;
  // either: a reader may also take it for a breach of the protocol, but must not crash.
  either?: boolean;
  stored?: Record<string, unknown>;
}

// Count says how many cases of one kind ran, and names those that failed.
export interface Count {
  ran: number;
  failed: string[];
}

export type VectorCounts = Record<string, Count>;

// runVectors runs everything that applies: the pure calls on either module, JSON and token answers on
// the service's.
export function runVectors(
  pure: PureInternals,
  service: ServiceInternals,
  vectors: Vectors,
): VectorCounts {
  return {
    ...runPureVectors(pure, vectors),
    ...onService(runPureVectors(service, vectors)),
    json: count(
      vectors.json.tests,
      (each) => each.name,
      (each) => jsonHolds(service, each),
    ),
    tokenResponses: count(
      vectors.tokenResponses.cases,
      (each) => each.name,
      (each) => tokenHolds(service, each),
    ),
  };
}

function onService(counts: VectorCounts): VectorCounts {
  return Object.fromEntries(
    Object.entries(counts).map(([name, value]) => [`${name} (service module)`, value]),
  );
}

// runPureVectors runs the vectors that both modules answer.
export function runPureVectors(core: PureInternals, vectors: Vectors): VectorCounts {
  return {
    hmacSha1: macs(core, 1, vectors.hmacSha1),
    hmacSha256: macs(core, 2, vectors.hmacSha256),
    hmacSha512: macs(core, 3, vectors.hmacSha512),
    hkdf: hkdfs(core, vectors.hkdf),
    rfc4231: count(vectors.rfc4231.tests, caseName, (each) => rfcMacHolds(core, each, [2, 3])),
    rfc2202: count(vectors.rfc2202.tests, caseName, (each) => rfcMacHolds(core, each, [1])),
    sha: count(
      vectors.sha.tests,
      (each) => `${each.hash} of ${each.message_ascii.slice(0, 8)}`,
      (each) => hashHolds(core, each),
    ),
    pkce: pkces(core, vectors.pkce),
    base64: base64s(core, vectors.base64),
    returnTo: count(
      vectors.returnTo.cases,
      (each) => each.input,
      (each) => returnToHolds(core, each),
    ),
    retryAfter: count(
      vectors.retryAfter.cases,
      ({ value }) => value,
      ({ value, expect }) => {
        const size = core.put(value);
        const now = vectors.retryAfter.now * 1000;
        return sameWait(core.exports.tenon_retry_after(core.at, size, now), expect);
      },
    ),
    rateLimit: count(
      vectors.rateLimit.combined,
      (each) => JSON.stringify(each),
      ({ status, headers, expect }) => {
        const size = core.fields(8, Object.entries(headers).flat());
        const now = vectors.rateLimit.now * 1000;
        return sameWait(core.exports.tenon_rate_limit(core.at, size, now, status), expect);
      },
    ),
  };
}

function count<T>(cases: T[], name: (one: T) => string, holds: (one: T) => boolean): Count {
  const failed = cases.filter((one) => !attempt(() => holds(one))).map(name);
  return { ran: cases.length, failed };
}

function attempt(holds: () => boolean): boolean {
  try {
    return holds();
  } catch {
    return false;
  }
}

const caseName = (each: Record<string, unknown>): string => `case ${each.test_case}`;

function bytesOf(hex: string): Uint8Array {
  const pairs = hex.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}

// join lays byte strings one after another.
function join(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function withKey<R>(
  core: PureInternals,
  kind: number,
  key: Uint8Array,
  use: (slot: number) => R,
): R {
  const size = core.put(key);
  const slot = core.check(core.exports.tenon_hmac_key(kind, core.at, size));
  try {
    return use(slot);
  } finally {
    core.exports.tenon_key_drop(slot);
  }
}

function tagOf(core: PureInternals, slot: number, message: Uint8Array): Uint8Array {
  const size = core.put(message, 64);
  const length = core.check(core.exports.tenon_hmac(slot, core.at + 64, size, core.at));
  return core.look().slice(core.at, core.at + length);
}

function verifies(core: PureInternals, slot: number, [message, tag]: Uint8Array[]): boolean {
  if (!message || !tag) return false;
  const size = core.put(join([message, tag])) - tag.length;
  const { at } = core;
  return core.exports.tenon_hmac_verify(slot, at, size, at + size, tag.length) === 1;
}

// A case with a whole tag must pass or fail the module's own comparison. One with a cut tag is compared
// with the beginning of the MAC, because the module takes whole tags only.
function macs(core: PureInternals, kind: number, file: MacFile): Count {
  const whole = [0, 160, 256, 512][kind];
  const cases = file.testGroups.flatMap(({ tagSize, tests }) =>
    tests.map((test) => ({ ...test, isWhole: tagSize === whole })),
  );
  return count(
    cases,
    ({ tcId }) => `tcId ${tcId}`,
    ({ key, msg, tag, result, isWhole }) =>
      withKey(core, kind, bytesOf(key), (slot) => {
        const message = bytesOf(msg);
        const accepted = isWhole
          ? verifies(core, slot, [message, bytesOf(tag)])
          : hexOf(tagOf(core, slot, message)).startsWith(tag);
        const refusesCut = isWhole || !verifies(core, slot, [message, bytesOf(tag)]);
        return accepted === (result === "valid") && refusesCut;
      }),
  );
}

function hkdfs(core: PureInternals, file: Vectors["hkdf"]): Count {
  return count(
    file.testGroups.flatMap(({ tests }) => tests),
    ({ tcId }) => `tcId ${tcId}`,
    ({ ikm, salt, info, size, okm, result }) => {
      const parts = [bytesOf(ikm), bytesOf(salt), bytesOf(info)] as const;
      core.reserve(Math.min(size, 65_536));
      core.put(join([...parts]));
      const [key, salted, context] = parts;
      const length = core.exports.tenon_hkdf(
        core.at,
        key.length,
        salted.length,
        context.length,
        size,
      );
      if (result !== "valid") return length < 0;
      return length === size && hexOf(core.look().slice(core.at, core.at + size)) === okm;
    },
  );
}

function rfcMacHolds(core: PureInternals, test: Record<string, string>, kinds: number[]): boolean {
  const key = bytesOf(test.key_hex ?? "");
  const message = bytesOf(test.data_hex ?? "");
  return kinds.every((kind) => {
    const expected = test[["", "hmac_sha1", "hmac_sha256", "hmac_sha512"][kind] ?? ""] ?? "missing";
    return withKey(core, kind, key, (slot) =>
      hexOf(tagOf(core, slot, message)).startsWith(expected),
    );
  });
}

function hashHolds(core: PureInternals, test: Vectors["sha"]["tests"][number]): boolean {
  const kind = ["", "sha1", "sha256", "sha512"].indexOf(test.hash);
  const size = core.put(new TextEncoder().encode(test.message_ascii.repeat(test.repeat)), 64);
  const length = core.exports.tenon_hash(kind, core.at + 64, size, core.at);
  return hexOf(core.look().slice(core.at, core.at + length)) === test.digest_hex;
}

function pkces(core: PureInternals, file: Vectors["pkce"]): Count {
  const challenge = (verifier: string): string | null => {
    const size = core.put(verifier);
    const length = core.exports.tenon_pkce_challenge(core.at, size);
    return length < 0 ? null : core.read(core.at, length);
  };
  const { random_octets: octets, code_verifier: verifier, code_challenge: made } = file.appendix_b;
  core.reserve(86);
  core.put(Uint8Array.from(octets));
  const pair = core.read(core.at, core.exports.tenon_pkce(core.at));
  const cases = [
    { name: "appendix B", holds: pair === verifier + made },
    ...file.valid_verifiers.map((each) => ({
      name: each.code_verifier,
      holds: challenge(each.code_verifier) === each.code_challenge,
    })),
    ...file.invalid_verifiers.map((each) => ({
      name: each.why,
      holds: challenge(each.code_verifier) === null,
    })),
  ];
  return count(
    cases,
    ({ name }) => name,
    ({ holds }) => holds,
  );
}

function base64s(core: PureInternals, file: Vectors["base64"]): Count {
  const convert = (mode: number, text: string): string | null => {
    core.reserve(text.length * 3 + 64);
    const size = core.put(text);
    const length = core.exports.tenon_base64(mode, core.at, size);
    return length < 0 ? null : core.read(core.at, length);
  };
  const cases = [
    ...file.valid.flatMap(({ input_ascii: plain, base64, base64url_nopad: url }) => [
      { name: `to ${url}`, holds: convert(0, plain) === url },
      { name: `from ${url}`, holds: convert(1, url) === plain },
      { name: `to ${base64}`, holds: convert(2, plain) === base64 },
      { name: `from ${base64}`, holds: convert(3, base64) === plain },
    ]),
    ...file.strict_reject_base64.map((text) => ({ name: text, holds: convert(3, text) === null })),
    ...file.strict_reject_base64url_nopad.map((text) => ({
      name: text,
      holds: convert(1, text) === null,
    })),
  ];
  return count(
    cases,
    ({ name }) => name,
    ({ holds }) => holds,
  );
}

function returnToHolds(core: PureInternals, { input, expect }: { input: string; expect: string }) {
  // A lone surrogate has no UTF-8 form: it is refused before it reaches the module.
  const size = sizeOrRefusal(() => core.fields(0, [input, "https://app.example"]));
  if (size === null) return expect === "reject";
  return (core.exports.tenon_return_to(core.at, size) === 0) === (expect === "accept");
}

// The longest wait that the core takes from a peer: seven days.
const waitCapMs = 604_800_000;

function sameWait(waitMs: number, expected: number | "cap" | null): boolean {
  if (expected === null) return Number.isNaN(waitMs);
  return waitMs === (expected === "cap" ? waitCapMs : expected * 1000);
}

function jsonHolds(core: ServiceInternals, test: JsonCase): boolean {
  const text = textOf(test);
  const parses = (): boolean => {
    const size = core.put(text);
    return core.exports.tenon_json_check(core.at, size) === 0;
  };
  const first = parses();
  if (test.expect === "either") return first === parses();
  return first === (test.expect === "accept");
}

function sizeOrRefusal(write: () => number): number | null {
  try {
    return write();
  } catch {
    return null;
  }
}

function textOf({ base64 = "", repeat }: JsonCase): Uint8Array {
  if (!repeat) return bytesOfBase64(base64);
  const text = atob(repeat.unit_base64).repeat(repeat.count) + atob(repeat.tail_base64);
  return new TextEncoder().encode(text);
}

// What each transport failure of the vectors looks like at the border.
const transports: Record<string, { network: number; maybeSent: boolean; status?: number }> = {
  dns_failure: { network: 1, maybeSent: false },
  connect_refused: { network: 2, maybeSent: false },
  timeout_before_request_sent: { network: 3, maybeSent: false },
  timeout_after_request_sent: { network: 3, maybeSent: true },
  reset_after_request_sent: { network: 4, maybeSent: true },
  tls_failure: { network: 5, maybeSent: false },
  body_cut_short: { network: 4, maybeSent: true, status: 200 },
  body_over_limit: { network: 7, maybeSent: true, status: 200 },
};

// How the providers that some cases name differ from RFC 6749.
const rulesOf: Record<string, object> = {
  github: { errorWith200: true, reauthErrors: ["bad_refresh_token"] },
  slack: { errorWith200: true, reauthErrors: ["invalid_refresh_token"] },
  facebook: { errorPath: "error.code", reauthErrors: ["190"] },
};

// The longest lifetime that the core believes: ten years of 366 days.
const lifetimeCapS = 316_224_000;

interface Outcome {
  class: string;
  stored: {
    access_token?: string;
    refresh_token?: string;
    expires_in?: number | null;
    scopes?: string[];
  };
}

function tokenHolds(core: ServiceInternals, test: TokenCase): boolean {
  const outcome = tokenOutcome(core, test);
  if (test.either && outcome.class === "protocol_error") return true;
  if (outcome.class !== test.class) return false;
  const { access_token, refresh_token, expires_in, scopes } = outcome.stored;
  // An empty refresh token means: keep the one there was, which the cases call rt1.
  const kept: Record<string, unknown> = {
    access_token,
    refresh_token: refresh_token || "rt1",
    expires_in: expires_in === lifetimeCapS ? "cap" : expires_in,
    scope: scopes?.join(" "),
  };
  return Object.entries(test.stored ?? {}).every(([name, value]) => kept[name] === value);
}

function tokenOutcome(core: ServiceInternals, test: TokenCase): Outcome {
  const type = test.content_type === undefined ? [] : [["content-type", test.content_type]];
  const reply = {
    network: 0,
    maybeSent: true,
    status: test.status ?? 0,
    headers: [...type, ...Object.entries(test.headers ?? {})],
    body: test.body ?? "",
    ...(test.transport === undefined ? {} : transports[test.transport]),
  };
  const input = JSON.stringify({ reply, rules: rulesOf[test.provider ?? ""] ?? {} });
  core.reserve(input.length * 3 + 256);
  const size = core.put(input);
  const length = core.check(core.exports.tenon_token_outcome(core.at, size));
  return JSON.parse(core.read(core.at, length)) as Outcome;
}
