import { DurableObject } from "cloudflare:workers";
import { type AlarmStorage, createCloudflareStorage, wakeByAlarm } from "tenon/hosts/cloudflare";
import { createLog } from "tenon/log";
import {
  createIntegrations,
  type Integration,
  type Integrations,
  type IntegrationsOptions,
  isIntegrationError,
  type Storage,
} from "tenon/service";
import { type Answer, answerOf, failedBy } from "./answer.ts";
import { armedStorage, firstDue } from "./armed-storage.ts";
import { type Config, configOf, SettingError } from "./config.ts";
import { providerFetch } from "./egress.ts";
import type { Env } from "./env.ts";
import { ApiError, invalidState } from "./errors.ts";
import { consoleLog, describeDefect } from "./log.ts";
import {
  type Session,
  type SessionKind,
  type SessionOwner,
  SessionStore,
} from "./session-store.ts";
import { storedReturn, withReturn } from "./stored-return.ts";
import type {
  CallbackCall,
  ConnectCall,
  ListCall,
  Owner,
  RefreshOptions,
  Trace,
} from "./user-calls.ts";

/** TenonUser holds one user's connections and sessions and runs the flows beside them. Its alarm
 * is the flows' only timer. Every method gives its failure as a value. What an owner may not see
 * counts as not found; the flows decide that (R106). */
export class TenonUser extends DurableObject<Env> {
  readonly #config: Config | SettingError;
  readonly #wake: (at: number) => Promise<void>;
  readonly #storage: Storage;
  readonly #sessions: SessionStore;
  #opening: Promise<Integrations> | undefined;
  #arming: Promise<void> | undefined;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#config = configOf(env);
    this.#wake = wakeByAlarm(this.alarms());
    const rows = createCloudflareStorage(context.storage, { now: () => this.now() });
    this.#storage = armedStorage(rows, this.#wake);
    this.#sessions = new SessionStore(this.#storage);
    // A failure here is met again by the first flow.
    this.#armAgain().catch(() => undefined);
  }

  /** flowOptions lets a subclass add to what the flows are made with. */
  protected flowOptions(): Partial<IntegrationsOptions> {
    return {};
  }

  /** alarmRetryMs is how long after a failed alarm the next one comes. */
  protected readonly alarmRetryMs: number = 60_000;

  /** now lets a subclass run on a clock of its own. */
  protected now(): number {
    return Date.now();
  }

  /** alarms is the object's one alarm, on the clock of now. */
  protected alarms(): AlarmStorage {
    return this.ctx.storage;
  }

  begin(call: ConnectCall, trace: Trace) {
    return this.#run((flows) => flows.initiateOAuthFlow({ ...call, ...trace }));
  }

  /** finish ends a flow. Where nothing is stored no state was issued: a stranger who makes up
   * shards must not have the flows set up for each. */
  async finish(call: CallbackCall, trace: Trace) {
    const stored = await answerOf(() => this.#storage.list({ prefix: "", limit: 1 }));
    if (!stored.ok) return stored;
    if (stored.value.length === 0) {
      return answerOf<never>(() => Promise.reject(invalidState("state_unknown")));
    }
    const { nonce, ...answer } = call;
    const ended = await this.#run((flows) => flows.handleOAuthCallback({ ...answer, ...trace }));
    return ended.ok ? ended : withReturn(ended, await storedReturn(this.#storage, nonce));
  }

  list(call: ListCall) {
    return this.#run((flows) => flows.listConnections(call));
  }

  read(connectionId: string, owner: Owner): Promise<Answer<Integration>> {
    return this.#run((flows) => flows.readConnection({ connectionId, ...owner }));
  }

  refresh(connectionId: string, owner: Owner, options: RefreshOptions & Trace) {
    return this.#run((flows) => flows.refreshToken({ connectionId, ...owner, ...options }));
  }

  /** refreshMany gives one answer for each connection, in order. */
  refreshMany(connectionIds: string[], owner: Owner, options: { force?: boolean } & Trace) {
    return this.#run(async (flows): Promise<Answer<Integration>[]> => {
      const items = connectionIds.map((connectionId) => ({ connectionId, ...owner, ...options }));
      const outcomes = await flows.batchRefreshTokens(items);
      return outcomes.map((each) =>
        each.ok ? { ok: true, value: each.connection } : failedBy(each.error),
      );
    });
  }

  token(connectionId: string, owner: Owner, trace: Trace) {
    return this.#run((flows) => flows.getToken({ connectionId, ...owner, ...trace }));
  }

  disconnect(connectionId: string, owner: Owner, trace: Trace) {
    return this.#run((flows) => flows.disconnectIntegration({ connectionId, ...owner, ...trace }));
  }

  createSession(hash: string, owner: SessionOwner): Promise<Answer<Session>> {
    return answerOf(() => this.#sessions.create(hash, "handed", owner, this.now()));
  }

  findSession(hash: string, kind: SessionKind): Promise<Answer<Session | undefined>> {
    return answerOf(() => this.#sessions.find(hash, kind, this.now()));
  }

  tradeSession(handed: string, browser: string): Promise<Answer<Session | undefined>> {
    return answerOf(() => this.#sessions.trade(handed, browser, this.now()));
  }

  endSession(hash: string): Promise<Answer<void>> {
    return answerOf(() => this.#sessions.end(hash));
  }

  /** ping proves that flows can run here; it touches no storage. */
  ping(): Promise<Answer<"ok">> {
    return answerOf(async () => {
      await this.#flows();
      return "ok" as const;
    });
  }

  /** alarm does what is due and arms itself again. A failing flow must not get out: after six
   * failures the runtime drops the alarm, and with it all later work of this user. */
  override async alarm(): Promise<void> {
    let next: number | null = this.now() + this.alarmRetryMs;
    try {
      const flows = await this.#flows();
      next = (await flows.runDue({})).next;
    } catch (thrown) {
      consoleLog({ level: "error", event: "alarm.failed", ...describeDefect(thrown) });
    } finally {
      if (next !== null) await this.#armAt(next);
    }
  }

  // A storage that cannot even take the next alarm is left to the runtime's own retries, and after
  // those to the next call.
  async #armAt(next: number): Promise<void> {
    try {
      await this.#wake(next);
    } catch (thrown) {
      this.#arming = undefined;
      throw thrown;
    }
  }

  #run<T>(step: (flows: Integrations) => Promise<T>): Promise<Answer<T>> {
    return answerOf(async () => {
      const flows = await this.#flows();
      await this.#armAgain();
      return step(flows);
    });
  }

  // An alarm can get lost, as when the runtime gave it up while storage failed.
  #armAgain(): Promise<void> {
    this.#arming ??= this.#armForDue().catch((thrown) => {
      this.#arming = undefined;
      throw thrown;
    });
    return this.#arming;
  }

  async #armForDue(): Promise<void> {
    if ((await this.alarms().getAlarm()) !== null) return;
    const at = await firstDue(this.#storage);
    if (at !== undefined) await this.#wake(at);
  }

  #flows(): Promise<Integrations> {
    this.#opening ??= this.#open().catch((thrown) => {
      this.#opening = undefined;
      throw thrown;
    });
    return this.#opening;
  }

  async #open(): Promise<Integrations> {
    const config = this.#config;
    if (config instanceof SettingError) {
      throw new ApiError({ code: "CONFIGURATION_ERROR", message: config.message });
    }
    return createIntegrations(this.#options(config)).catch((thrown) => {
      throw namingVariable(thrown);
    });
  }

  #options(config: Config): IntegrationsOptions {
    return {
      storage: this.#storage,
      keys: config.keys,
      routeKey: config.routeKey,
      providers: config.providers,
      returnOrigins: config.returnOrigins,
      allowLoopbackHttp: config.local,
      fetch: providerFetch(this.env, config),
      onEvent: createLog().record,
      now: () => this.now(),
      wake: this.#wake,
      ...this.flowOptions(),
    };
  }
}

// The core names its own options; the operator knows them by the variables they come from.
function namingVariable(thrown: unknown): unknown {
  if (!isIntegrationError(thrown) || thrown.code !== "CONFIGURATION_ERROR") return thrown;
  const names: Record<string, string> = {
    keys: "TENON_KEYS",
    Provider: "TENON_PROVIDERS",
    providers: "TENON_PROVIDERS",
    returnOrigins: "TENON_RETURN_ORIGINS",
    routeKey: "TENON_ROUTE_KEY",
  };
  const variable = names[/^[A-Za-z]+/.exec(thrown.message)?.[0] ?? ""];
  const message = variable ? `${variable} is refused: ${thrown.message}` : thrown.message;
  return new ApiError({ code: "CONFIGURATION_ERROR", message });
}
