import type { ServiceExports } from "./abi.js";
import { ApiCalls } from "./api-call.js";
import { keyInput } from "./api-key.js";
import { auditOf } from "./audit.js";
import { Refresher } from "./batch.js";
import { Calls, dated, withDates } from "./calls.js";
import { createCipher } from "./cipher.js";
import { Core, instantiate } from "./core.js";
import { Drive } from "./drive.js";
import { DueTimer } from "./due-timer.js";
import { invalid, misconfigured } from "./errors.js";
import { Subscribers } from "./events.js";
import { exchange, type FetchRules } from "./fetch.js";
import { FlowWatch } from "./flow-watch.js";
import { healthOf, healthOfAll } from "./health.js";
import { type Host, requireStorage } from "./host.js";
import { checkKeys, checkSecret, encodeBase64url, type RingKey } from "./keys.js";
import { type ProviderEntry, withIssuer } from "./providers.js";
import { createTenon, type Tenon } from "./pure.js";
import { RandomPool } from "./random-pool.js";
import { keyMethods } from "./rotation.js";
import type {
  AccountQuestion,
  AuditInput,
  AuditPage,
  CallbackInput,
  CallbackResult,
  ConfiguredProvider,
  ConnectionPage,
  ConnectResult,
  DueResult,
  Integration,
  Integrations,
  IntegrationsOptions,
  ListInput,
  ProviderSettings,
} from "./types.js";

// openIntegrations makes the service on a compiled module. Rejects with CONFIGURATION_ERROR naming the
// option that is wrong.
export async function openIntegrations(
  module: WebAssembly.Module,
  options: IntegrationsOptions,
): Promise<Integrations> {
  const storage = requireStorage(options.storage);
  const ring = checkKeys(options.keys);
  const configuration = configurationOf(options, ring);
  const timer = options.wake ? undefined : timerOf(options, () => calls.run("runDue", {}));
  const wake = options.wake ?? ((at: number) => timer?.wake(at));
  const subscribers = subscribersOf(options);
  const emit = (event: string): void => subscribers.emit(event);
  const host: Host = { ...hostOf(options), storage, cipher: await createCipher(ring), wake, emit };
  const drive = new Drive(() => openCore(module, configuration), host);
  const calls = new Calls(drive, () => timer?.start(), watchOf(options));
  timer?.start();
  const close = (): Promise<void> => {
    timer?.close();
    return drive.close();
  };
  // A module of its own, made when first needed: verifying does not disturb the flows.
  let pure: Tenon | undefined;
  const audit = auditOf(
    (input: AuditInput) => calls.run<AuditPage>("listAudit", input),
    () => (pure ??= createTenon(module)),
  );
  const on: Integrations["on"] = (type, listener) => subscribers.on(type, listener);
  return { ...methodsOf(calls, new ApiCalls(calls, rulesOf(options))), audit, on, close };
}

function subscribersOf({ onEvent }: IntegrationsOptions): Subscribers {
  const subscribers = new Subscribers();
  if (onEvent) subscribers.on("*", onEvent);
  return subscribers;
}

function watchOf({ now = Date.now, onFlow }: IntegrationsOptions): FlowWatch | undefined {
  return onFlow && new FlowWatch(now, onFlow);
}

function timerOf({ now = Date.now }: IntegrationsOptions, run: () => Promise<DueResult>): DueTimer {
  return new DueTimer({ now, run });
}

function openCore(module: WebAssembly.Module, configuration: string): Core<ServiceExports> {
  const core = new Core(() => instantiate<ServiceExports>(module));
  const size = core.put(configuration);
  const result = core.exports.tenon_configure(core.at, size);
  core.look().fill(0, core.at, core.at + size);
  if (result < 0) {
    const field = core.read(core.exports.tenon_outbox(), core.exports.tenon_outbox_len());
    core.exports.tenon_outbox_clear();
    const { message, reason } = core.error(-result & 255, -result >> 8);
    throw misconfigured(field ? `${field} cannot be used (${reason}).` : message);
  }
  return core;
}

function configurationOf(options: IntegrationsOptions, ring: RingKey[]): string {
  const { routeKey, providers, returnOrigins, stateTtlMs, allowLoopbackHttp } = options;
  if (!Array.isArray(providers)) throw misconfigured("providers must be a list.");
  return JSON.stringify({
    keys: ring.map(({ id, secret }) => ({ id, secret: encodeBase64url(secret) })),
    routeKey: routeKey === undefined ? null : encodeBase64url(checkSecret(routeKey, "routeKey")),
    providers: providers.map(providerOf),
    returnOrigins: returnOrigins ?? [],
    stateTtlMs: stateTtlMs ?? 600_000,
    loopbackHttp: allowLoopbackHttp === true,
    refreshAhead: options.refreshAhead !== false,
    healthEveryMs: options.healthEveryMs,
  });
}

function providerOf(provider: ConfiguredProvider): object {
  const { clientId, clientSecret, redirectUri, issuer, ...rest } = provider as ProviderSettings;
  const entry = ("entry" in rest ? rest.entry : rest) as ProviderEntry;
  const moved = issuer === undefined ? entry : withIssuer(entry, issuer);
  return { entry: moved, clientId, clientSecret, redirectUri };
}

type OwnPart = "storage" | "cipher" | "wake" | "emit";

function hostOf(options: IntegrationsOptions): Omit<Host, OwnPart> {
  const { onEffect } = options;
  const rules = rulesOf(options);
  const pool = new RandomPool();
  return {
    now: options.now ?? Date.now,
    random: options.random ?? ((size) => pool.take(size)),
    fetch: (request, signal) => exchange(rules, request, signal),
    sleep: options.sleep ?? sleep,
    onEffect,
  };
}

function rulesOf({ fetch: ownFetch, allowLoopbackHttp }: IntegrationsOptions): FetchRules {
  return {
    // Called through an arrow: some runtimes refuse a fetch that is called as a method.
    fetch: ownFetch ?? ((url, init) => fetch(url, init)),
    allowLoopbackHttp: allowLoopbackHttp === true,
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

function methodsOf(calls: Calls, api: ApiCalls): Omit<Integrations, "audit" | "on" | "close"> {
  const refresher = new Refresher(calls);
  const listConnections = async (input: ListInput & { userId: string }) => {
    const page = await calls.run<ConnectionPage>("list", input);
    page.connections.forEach(withDates);
    return page;
  };
  const getConnectedIntegrations = async (userId: string, filter?: ListInput) => {
    const found: Integration[] = [];
    let page = await listConnections({ ...filter, userId });
    for (;;) {
      found.push(...page.connections);
      if (page.nextCursor === null) return found;
      page = await listConnections({ ...filter, userId, cursor: page.nextCursor });
    }
  };
  const check = (question: AccountQuestion) => calls.change("checkHealth", question);
  return {
    initiateOAuthFlow: async (input) =>
      dated(await calls.run<ConnectResult>("connect", input), "expiresAt"),
    handleOAuthCallback: async (input) =>
      callbackResult(await calls.change<CallbackResult>("callback", withQuery(input))),
    connectApiKey: async (input) =>
      connectionOf(await calls.change("connectApiKey", keyInput(input))),
    getAccessToken: async (input) => (await calls.token(input)).accessToken,
    getToken: (input) => calls.token(input),
    fetch: (question, url, request) => api.fetch(question, url, request),
    getConnectedIntegrations,
    listConnections,
    readConnection: async (input) => connectionOf(await calls.run("read", input)),
    refreshToken: async (input) => connectionOf(await calls.change("refresh", input)),
    batchRefreshTokens: (items) => refresher.batch(items),
    disconnectIntegration: (input) => calls.change("disconnect", input),
    checkHealth: (question) => healthOf(check, question),
    checkAllHealth: async (userId, caller = {}) =>
      healthOfAll(check, await getConnectedIntegrations(userId, caller), caller),
    runDue: (input = {}) => calls.run("runDue", input),
    ...keyMethods((input) => calls.run("rotateKeys", input)),
  };
}

// Without consent there is neither account nor connection, and the core names none.
function callbackResult({ connection, accountId, ...result }: CallbackResult): CallbackResult {
  return {
    ...result,
    accountId: accountId ?? "",
    connection: connection ? withDates(connection) : null,
  };
}

function withQuery(input: CallbackInput): object {
  if (typeof input !== "object" || input === null) throw invalid("input", "must be an object.");
  const { url, code, state, iss, ...rest } = input;
  return { ...rest, query: queryOf(input) };
}

// queryOf gives the raw query the browser came back with. It is cut out of the address as text: parsing
// and writing it again would hide repeated or oddly encoded parameters from the core.
function queryOf({ url, query, code, state, iss }: CallbackInput): string {
  if (query !== undefined) return query.startsWith("?") ? query.slice(1) : query;
  if (url !== undefined) {
    const [address = ""] = url.split("#", 1);
    const mark = address.indexOf("?");
    return mark < 0 ? "" : address.slice(mark + 1);
  }
  if (code === undefined || state === undefined) {
    throw invalid("input", "needs url, query, or code and state.");
  }
  return new URLSearchParams({ code, state, ...(iss !== undefined && { iss }) }).toString();
}

function connectionOf({ connection }: { connection: Integration }): Integration {
  return withDates(connection);
}
