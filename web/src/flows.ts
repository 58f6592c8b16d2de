// What this tab remembers of the connects it began, so that a return can be told from a link that
// someone else made. Only the first 8 characters of the nonce and two times are kept: nothing that
// opens anything (R115).

const storageKey = "tenon.flows";
const flowsMax = 8;

export interface BegunFlow {
  flow: string;
  provider: string;
  issuedAt: number;
  expiresAt: number;
}

/** rememberFlow keeps a flow for this tab; where the browser gives no storage it does nothing. */
export function rememberFlow(begun: BegunFlow): void {
  write([...read().filter((known) => known.flow !== begun.flow), begun].slice(-flowsMax));
}

/** takeFlow gives the flow this tab began and forgets it; null when it began no such flow. */
export function takeFlow(flow: string): BegunFlow | null {
  const known = read();
  write(known.filter((begun) => begun.flow !== flow));
  return known.find((begun) => begun.flow === flow) ?? null;
}

function read(): BegunFlow[] {
  try {
    const parsed: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(parsed) ? parsed.filter(isBegunFlow) : [];
  } catch {
    return [];
  }
}

function write(flows: BegunFlow[]): void {
  try {
    if (flows.length === 0) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, JSON.stringify(flows));
  } catch {
    // Storage is blocked or full: the return is then shown as one this tab did not begin.
  }
}

function isBegunFlow(value: unknown): value is BegunFlow {
  if (typeof value !== "object" || value === null) return false;
  const begun = value as Partial<BegunFlow>;
  return (
    typeof begun.flow === "string" &&
    typeof begun.provider === "string" &&
    typeof begun.issuedAt === "number" &&
    typeof begun.expiresAt === "number"
  );
}
