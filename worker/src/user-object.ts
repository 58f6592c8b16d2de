import { DurableObject } from "cloudflare:workers";
import { createCloudflareStorage, wakeByAlarm } from "tenon/hosts/cloudflare";
import {
  createIntegrations,
  type Integration,
  type Integrations,
  type IntegrationsOptions,
  type Storage,
  type TenonEvent,
} from "tenon/service";
import { type Answer, answerOf } from "./answer.ts";
import { armedStorage } from "./armed-storage.ts";
import { type Config, configOf, SettingError } from "./config.ts";
import { providerFetch } from "./egress.ts";
import type { Env } from "./env.ts";
import { ApiError, noConnection } from "./errors.ts";
import { consoleLog, describeDefect } from "./log.ts";
import {
  type Session,
  type SessionKind,
  type SessionOwner,
  SessionStore,
} from "./session-store.ts";
import type { CallbackCall, ConnectCall, ListCall, Owner, Trace } from "./user-calls.ts";

const alarmRetryMs = 60_000;

/** TenonUser holds one user's connections and sessions and runs the flows beside them. Its alarm
 * is the flows' only timer. Every method gives its failure as a value. */
export class TenonUser extends DurableObject<Env> {
  readonly #config: Config | SettingError;
  readonly #wake: (at: number) => Promise<void>;
  readonly #storage: Storage;
  readonly #sessions: SessionStore;
  #opening: Promise<Integrations> | undefined;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#config = configOf(env);
    this.#wake = wakeByAlarm(context.storage);
    const rows = createCloudflareStorage(context.storage, { now: () => this.now() });
    this.#storage = armedStorage(rows, this.#wake);
    this.#sessions = new SessionStore(this.#storage);
  }

  /** flowOptions lets a subclass add to what the flows are made with. */
  protected flowOptions(): Partial<IntegrationsOptions> {
    return {};
  }

  /** now lets a subclass run on a clock of its own. */
  protected now(): number {
    return Date.now();
  }

  begin(call: ConnectCall, trace: Trace) {
    return this.#run((flows) => flows.initiateOAuthFlow({ ...call, ...trace }));
  }

  finish(call: CallbackCall, trace: Trace) {
    return this.#run((flows) => flows.handleOAuthCallback({ ...call, ...trace }));
  }

  list(call: ListCall) {
    return this.#run((flows) => flows.listConnections(call));
  }

  read(connectionId: string, owner: Owner): Promise<Answer<Integration>> {
    return this.#run((flows) => owned(flows, connectionId, owner));
  }

  refresh(connectionId: string, owner: Owner, options: { force?: boolean } & Trace) {
    return this.#run(async (flows) => {
      const { organizationId } = await owned(flows, connectionId, owner);
      return flows.refreshToken({ connectionId, organizationId, ...options });
    });
  }

  token(connectionId: string, owner: Owner, trace: Trace) {
    return this.#run(async (flows) => {
      const { organizationId } = await owned(flows, connectionId, owner);
      return flows.getToken({ connectionId, organizationId, ...trace });
    });
  }

  disconnect(connectionId: string, owner: Owner, trace: Trace) {
    return this.#run(async (flows) => {
      const { organizationId } = await owned(flows, connectionId, owner);
      return flows.disconnectIntegration({ connectionId, organizationId, ...trace });
    });
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

  /** ping proves that objects can be reached; it touches no storage. */
  async ping(): Promise<"ok"> {
    return "ok";
  }

  /** alarm does what is due and arms itself again. It never throws: after six failures the
   * runtime would drop the alarm, and with it every later refresh and retry. */
  override async alarm(): Promise<void> {
    let next: number | null = Date.now() + alarmRetryMs;
    try {
      const flows = await this.#flows();
      next = (await flows.runDue({})).next;
    } catch (thrown) {
      consoleLog({ level: "error", event: "alarm.failed", ...describeDefect(thrown) });
    }
    if (next !== null) await this.#wake(next);
  }

  #run<T>(step: (flows: Integrations) => Promise<T>): Promise<Answer<T>> {
    return answerOf(async () => step(await this.#flows()));
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
    return createIntegrations({
      storage: this.#storage,
      keys: config.keys,
      routeKey: config.routeKey,
      providers: config.providers,
      returnOrigins: config.returnOrigins,
      allowLoopbackHttp: config.local,
      fetch: providerFetch(this.env, config),
      onEvent: logEvent,
      now: () => this.now(),
      wake: this.#wake,
      ...this.flowOptions(),
    });
  }
}

function logEvent({ type, time, ...about }: TenonEvent): void {
  consoleLog({ time: new Date(time).toISOString(), level: "info", event: type, ...about });
}

async function owned(
  flows: Integrations,
  connectionId: string,
  owner: Owner,
): Promise<Integration> {
  const { organizationId, userId } = owner;
  const connection = await flows.readConnection({ connectionId, organizationId });
  const foreign =
    connection.organizationId !== organizationId ||
    (userId !== undefined && connection.userId !== userId);
  if (foreign) throw noConnection();
  return connection;
}
