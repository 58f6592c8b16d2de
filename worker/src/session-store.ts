import type { Storage } from "tenon/service";

// One row per session, under the SHA-256 of its token: whoever reads the storage cannot sign in.

/** A handed session goes to the page in a link and is used as bearer or traded for a browser one. */
export type SessionKind = "handed" | "browser";

export interface Session {
  kind: SessionKind;
  organizationId: string;
  userId: string;
  createdAt: number;
  seenAt: number;
  expiresAt: number;
}

export interface SessionOwner {
  organizationId: string;
  userId: string;
}

const minuteMs = 60_000;
const lifetimeMs: Record<SessionKind, number> = {
  handed: 60 * minuteMs,
  browser: 12 * 60 * minuteMs,
};
/** idleMs ends a session that nobody uses; a use is written down at most every touchMs. */
export const idleMs = 2 * 60 * minuteMs;
const touchMs = 5 * minuteMs;
const sessionsMax = 32;

const prefix = "session/";

export class SessionStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** create writes a new session and makes room by ending the user's oldest ones. */
  async create(hash: string, kind: SessionKind, owner: SessionOwner, now: number) {
    const session = this.#fresh(kind, owner, now);
    await this.#makeRoom(now);
    await this.#storage.commit({
      checks: [{ key: prefix + hash, version: null }],
      writes: [this.#write(hash, session)],
    });
    return session;
  }

  /** find gives a live session of that kind, or undefined. */
  async find(hash: string, kind: SessionKind, now: number): Promise<Session | undefined> {
    const [entry] = await this.#storage.get([prefix + hash]);
    const session = entry ? (JSON.parse(entry.value) as Session) : undefined;
    if (session?.kind !== kind || !isLive(session, now)) return undefined;
    if (entry && now - session.seenAt >= touchMs) {
      // A lost race is fine: somebody else has just written that the session is in use, or ended it.
      await this.#storage.commit({
        checks: [{ key: entry.key, version: entry.version }],
        writes: [this.#write(hash, { ...session, seenAt: now })],
      });
    }
    return session;
  }

  /** trade ends a handed session and begins a browser one in its place, or gives undefined when
   * the handed one is unknown, over, or was traded before. */
  async trade(handed: string, browser: string, now: number): Promise<Session | undefined> {
    const [entry] = await this.#storage.get([prefix + handed]);
    const old = entry ? (JSON.parse(entry.value) as Session) : undefined;
    if (!entry || old?.kind !== "handed" || !isLive(old, now)) return undefined;
    const session = this.#fresh("browser", old, now);
    const done = await this.#storage.commit({
      checks: [{ key: entry.key, version: entry.version }],
      writes: [{ key: entry.key, delete: true }, this.#write(browser, session)],
    });
    return done.ok ? session : undefined;
  }

  async end(hash: string): Promise<void> {
    await this.#storage.commit({ checks: [], writes: [{ key: prefix + hash, delete: true }] });
  }

  #fresh(kind: SessionKind, { organizationId, userId }: SessionOwner, now: number): Session {
    const expiresAt = now + lifetimeMs[kind];
    return { kind, organizationId, userId, createdAt: now, seenAt: now, expiresAt };
  }

  #write(hash: string, session: Session) {
    const value = JSON.stringify(session);
    return { key: prefix + hash, value, expiresAt: session.expiresAt };
  }

  async #makeRoom(now: number): Promise<void> {
    const entries = await this.#storage.list({ prefix, limit: 2 * sessionsMax });
    const rows = entries
      .map((entry) => ({ key: entry.key, session: JSON.parse(entry.value) as Session }))
      .sort((a, b) => b.session.createdAt - a.session.createdAt);
    const gone = rows.filter((row, at) => at >= sessionsMax - 1 || !isLive(row.session, now));
    if (gone.length === 0) return;
    const writes = gone.map((row) => ({ key: row.key, delete: true as const }));
    await this.#storage.commit({ checks: [], writes });
  }
}

function isLive(session: Session, now: number): boolean {
  const idle = session.kind === "browser" && now >= session.seenAt + idleMs;
  return now < session.expiresAt && !idle;
}
