import type { PureExports } from "./abi.js";
import { filled } from "./check.js";
import { Core, instantiate } from "./core.js";
import { createCrypto, type TenonCrypto } from "./crypto.js";
import { createExpiry, type Expiry } from "./expiry.js";
import { createPkce, type Pkce } from "./pkce.js";
import { createRetry, type Retry } from "./retry.js";
import { createRoute, createState, type RouteInput, type StateApi } from "./state.js";

// Tenon is the pure part: synchronous, without storage or network. Every call throws TenonErrors only.
export interface Tenon<X extends PureExports = PureExports> {
  pkce: Pkce;
  state: StateApi;
  expiry: Expiry;
  retry: Retry;
  crypto: TenonCrypto;
  returnTo: {
    // check passes on a target that is a path of this site or an address of one of the origins. Throws
    // INVALID_REDIRECT_URL for any other.
    check(target: string, origins?: readonly string[]): string;
  };
  // route gives the 22 characters that name the shard of a user and tell an outsider nothing.
  route(input: RouteInput): string;
  // internals is the module's own border, for benchmarks and vectors; it may change in any release.
  internals: Core<X>;
}

export function createTenon<X extends PureExports = PureExports>(
  module: WebAssembly.Module,
): Tenon<X> {
  const core = new Core<X>(() => instantiate<X>(module));
  return {
    pkce: createPkce(core),
    state: createState(core),
    expiry: createExpiry(core),
    retry: createRetry(core),
    crypto: createCrypto(core),
    returnTo: {
      check: core.safe((target, origins = []) => {
        const size = core.fields(0, [filled(target, "target"), ...origins]);
        core.check(core.exports.tenon_return_to(core.at, size));
        return target;
      }),
    },
    route: createRoute(core),
    internals: core,
  };
}
