import type { TenonCrypto } from "./crypto.js";
import type {
  AuditEntry,
  AuditInput,
  AuditLog,
  AuditMark,
  AuditPage,
  AuditProof,
} from "./types.js";

const start: AuditMark = { seq: 0, hash: "0".repeat(64) };

export interface VerifyAuditOptions {
  // after is where these entries begin: the place an earlier verification came to.
  after?: AuditMark;
  // head is where they must end at least; without it a log that was cut short looks whole.
  head?: AuditMark;
}

// verifyAudit checks entries of the audit log without storage or network: each must carry the hash of
// the one before. seq names the first entry that is not as it was written. An entry that was changed
// shows in the one after it, and the last one in the head.
export function verifyAudit(
  tenon: { crypto: TenonCrypto },
  entries: readonly AuditEntry[],
  { after = start, head }: VerifyAuditOptions = {},
): AuditProof {
  let last = after;
  for (const { seq, text } of entries) {
    const problem = problemOf(seq, text, last);
    if (problem) return problem;
    last = { seq, hash: hexOf(tenon.crypto.hash("SHA-256", text)) };
    if (head?.seq === seq && head.hash !== last.hash) return broken(seq, "changed");
  }
  if (head && head.seq > last.seq) return broken(last.seq + 1, "missing");
  return { ok: true, head: last };
}

function problemOf(seq: number, text: string, last: AuditMark): AuditProof | undefined {
  const wanted = last.seq + 1;
  if (seq > wanted) return broken(wanted, "missing");
  if (seq < wanted) return broken(seq, "reordered");
  const entry = read(text);
  if (entry?.v !== 1 || entry.seq !== seq) return broken(seq, "changed");
  // Either the entry before was changed or this one's link to it; the first has nothing before it.
  if (entry.previous !== last.hash) return broken(Math.max(last.seq, 1), "changed");
  return undefined;
}

function broken(seq: number, problem: "changed" | "missing" | "reordered"): AuditProof {
  return { ok: false, seq, problem };
}

function read(text: string): { v?: unknown; seq?: unknown; previous?: unknown } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// auditOf makes the log's methods. tenon is asked for when something is to be verified.
export function auditOf(
  list: (input: AuditInput) => Promise<AuditPage>,
  tenon: () => { crypto: TenonCrypto },
): AuditLog {
  return {
    list: (input = {}) => list(input),
    verify: async (input) => {
      const { after = start, ...caller } = input ?? {};
      for (let mark = after; ; ) {
        const page = await list({ ...caller, all: true, after: mark.seq });
        const { entries, head, nextCursor } = page;
        // Only the last page reaches the head.
        const end = nextCursor === null ? { head } : {};
        const proof = verifyAudit(tenon(), entries, { after: mark, ...end });
        if (!proof.ok || nextCursor === null) return proof;
        mark = proof.head;
      }
    },
  };
}
