/** Outcome is how a flow ended. An unfinished one has its tokens; whose they are, the provider could
 * not say yet, and is asked again. */
export type Outcome =
  | { connected: string; flow: string }
  | { unfinished: string; flow: string }
  | { failed: string; flow: string };

/** returnAddress adds the outcome of a flow to the checked address where the browser goes on.
 * Neither code nor state is in it. A path belongs to this worker. */
export function returnAddress(
  publicOrigin: string,
  redirectUrl: string | null | undefined,
  outcome: Outcome,
): string {
  const target = redirectUrl || "/";
  const absolute = target.startsWith("/") ? publicOrigin + target : target;
  const hash = absolute.indexOf("#");
  const before = hash < 0 ? absolute : absolute.slice(0, hash);
  const fragment = hash < 0 ? "" : absolute.slice(hash);
  const told = new URLSearchParams(wordsOf(outcome));
  return `${before}${before.includes("?") ? "&" : "?"}${told}${fragment}`;
}

function wordsOf(outcome: Outcome): Record<string, string> {
  const { flow } = outcome;
  if ("connected" in outcome) return { tenon: "connected", provider: outcome.connected, flow };
  if ("unfinished" in outcome) return { tenon: "unfinished", provider: outcome.unfinished, flow };
  return { tenon: "failed", code: plainCode(outcome.failed), flow };
}

// Codes come from fixed lists, so the shape check only guards against a mistake of ours.
function plainCode(code: string): string {
  return /^[A-Za-z_]{1,40}$/.test(code) ? code : "provider_error";
}
