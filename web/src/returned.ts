import { type BegunFlow, takeFlow } from "./flows";

const skewMs = 60_000;
const parameters = ["tenon", "provider", "flow", "code"] as const;

/** How a connect ended, as far as this tab can vouch for it. */
export type Returned =
  | { kind: "connected"; provider: string }
  | { kind: "unfinished"; provider: string }
  | { kind: "failed"; provider: string; code: string }
  | { kind: "unknown" };

/**
 * takeReturned reads what a callback left in the address and removes it there, so that a reload
 * or a bookmark does not tell it twice. It gives null when there is nothing to read, and
 * `unknown` for a flow that this tab did not begin, or began too long ago.
 */
export function takeReturned(now: number): Returned | null {
  const address = new URL(location.href);
  const outcome = address.searchParams.get("tenon");
  if (outcome === null) return null;
  const provider = address.searchParams.get("provider") ?? "";
  const code = address.searchParams.get("code") ?? "";
  const begun = takeFlow(address.searchParams.get("flow") ?? "");
  for (const name of parameters) address.searchParams.delete(name);
  history.replaceState(null, "", address.pathname + address.search + address.hash);
  if (begun === null || !isCurrent(begun, now)) return { kind: "unknown" };
  if (provider !== "" && provider !== begun.provider) return { kind: "unknown" };
  if (outcome === "connected") return { kind: "connected", provider: begun.provider };
  if (outcome === "unfinished") return { kind: "unfinished", provider: begun.provider };
  if (outcome === "failed") return { kind: "failed", provider: begun.provider, code };
  return { kind: "unknown" };
}

function isCurrent(begun: BegunFlow, now: number): boolean {
  return begun.issuedAt - skewMs <= now && now <= begun.expiresAt + skewMs;
}

const reasons: Record<string, string> = {
  access_denied: "You declined access, so nothing was connected.",
  temporarily_unavailable: "The provider is busy at the moment. Try again in a while.",
  server_error: "The provider had a fault of its own. Try again in a while.",
  invalid_scope: "The provider does not grant the access that was asked for.",
  unauthorized_client: "The provider does not accept this application. Its set-up needs a look.",
  login_required: "The provider asked you to sign in first.",
  consent_required: "The provider needs your consent first.",
};

/** explainFailure gives the sentence for a public failure code; unknown codes get a general one. */
export function explainFailure(code: string): string {
  return Object.hasOwn(reasons, code)
    ? (reasons[code] as string)
    : "The provider did not complete the connection. Nothing was connected.";
}
