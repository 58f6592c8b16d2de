import { invalidState, routePurpose, statePurpose, unknownKey } from "./abi.js";
import { bounded, filled, type Instant, millis, text } from "./check.js";
import type { Core } from "./core.js";
import { invalid } from "./errors.js";
import { type Key, KeySlots } from "./slots.js";

// StateClaims is what a state is bound to. binding ties it to one browser, usually the SHA-256 of a
// cookie; "none" must be asked for by that name.
export interface StateClaims {
  keys: readonly Key[];
  userId: string;
  organizationId?: string;
  provider: string;
  issuer?: string;
  redirectUri: string;
  binding: string;
  now?: Instant;
}

export interface StateFacts {
  keyId: number;
  // issuedAt is milliseconds since 1970.
  issuedAt: number;
  nonce: string;
  // route is the 22 characters that name a shard, or "".
  route: string;
}

export interface StateApi {
  // issue makes a state signed with the first key (DESIGN 3.1).
  issue(claims: StateClaims & { route?: string }): string;
  // verify checks a state against what it must be bound to. Throws INVALID_STATE for every mismatch
  // and when older than ttlMs (10 minutes; 1 to 60 allowed); error.reason tells the operator which.
  verify(state: string, claims: StateClaims & { ttlMs?: number }): StateFacts;
  // inspect reads a well-formed state without verifying it: good for finding a shard or a pending
  // record, never for trust. Throws INVALID_STATE for any other text.
  inspect(state: string): StateFacts;
}

export interface RouteInput {
  routeKey: string | Uint8Array;
  organizationId?: string;
  userId: string;
}

const nonceSize = 24;
const minute = 60_000;
const defaultOrganization = "default";

export function createState(core: Core): StateApi {
  const slots = new KeySlots(core, statePurpose);
  return {
    issue: core.safe((claims) => {
      const key = ring(claims.keys)[0];
      const slot = slots.slot(key.secret, "keys[0].secret");
      const size = core.fields(nonceSize, bound(text(claims.route ?? "", "route"), claims));
      const { at, exports } = core;
      core.random(at, nonceSize);
      const now = millis(claims.now ?? Date.now(), "now");
      return core.read(at, core.check(exports.tenon_state_issue(slot, key.id, now, at, size)));
    }),
    verify: core.safe((state, claims) => {
      filled(state, "state");
      const id = Number.parseInt(state, 10);
      const key = ring(claims.keys).find((one) => one.id === id);
      if (!key) {
        inspect(core, state);
        throw core.error(invalidState, unknownKey);
      }
      const slot = slots.slot(key.secret, "keys[].secret");
      const now = millis(claims.now ?? Date.now(), "now");
      const ttl = bounded(claims.ttlMs ?? 10 * minute, "ttlMs", minute, 60 * minute);
      const size = core.fields(0, [state, ...bound("", claims)]);
      core.check(core.exports.tenon_state_verify(slot, now, ttl, core.at, size));
      return split(state);
    }),
    inspect: core.safe((state) => inspect(core, state)),
  };
}

// createRoute makes the call that names the shard of a user.
export function createRoute(core: Core): (input: RouteInput) => string {
  const slots = new KeySlots(core, routePurpose);
  return core.safe(({ routeKey, organizationId = defaultOrganization, userId }) => {
    const slot = slots.slot(routeKey, "routeKey");
    const names = [filled(organizationId, "organizationId"), filled(userId, "userId")];
    const size = core.fields(0, names);
    return core.read(core.at, core.check(core.exports.tenon_route(slot, core.at, size)));
  });
}

function ring(keys: readonly Key[]): [Key, ...Key[]] {
  const [first, ...others] = keys;
  if (!first) throw invalid("keys", "must hold at least one key.");
  return [first, ...others];
}

// bound lists the fields in the order in which the core reads them.
function bound(route: string, claims: StateClaims): string[] {
  return [
    route,
    filled(claims.organizationId ?? defaultOrganization, "organizationId"),
    filled(claims.userId, "userId"),
    filled(claims.provider, "provider"),
    text(claims.issuer ?? "", "issuer"),
    filled(claims.redirectUri, "redirectUri"),
    filled(claims.binding, "binding"),
  ];
}

function inspect(core: Core, state: string): StateFacts {
  const size = core.put(filled(state, "state"));
  core.check(core.exports.tenon_state_key_id(core.at, size));
  return split(state);
}

// split takes apart a state whose shape the core has checked.
function split(state: string): StateFacts {
  const [keyId, issuedAt, rest = ""] = state.split(":");
  const [nonce = "", route = "", mac] = rest.split(".");
  return { keyId: Number(keyId), issuedAt: Number(issuedAt), nonce, route: mac ? route : "" };
}
