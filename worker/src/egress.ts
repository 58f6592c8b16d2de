import { type Config, isLoopback } from "./config.ts";
import type { Env } from "./env.ts";

/** providerFetch gives the fetch that calls providers. Everything leaves through the public
 * network, which refuses private addresses when it connects; only a local deployment may reach
 * a provider on loopback, through a network of its own. */
export function providerFetch(env: Env, config: Config): typeof fetch {
  const local = config.local ? env.PRIVATE_NETWORK : undefined;
  if (!local) return (input, init) => fetch(input, init);
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return isLoopback(url) ? local.fetch(input, init) : fetch(input, init);
  };
}
