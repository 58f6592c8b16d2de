import type { ServiceExports } from "./abi.js";
import { createCipher } from "./cipher.js";
import { Core, instantiate } from "./core.js";
import { Drive, flowKinds } from "./drive.js";
import { invalid, misconfigured } from "./errors.js";
import { exchange } from "./fetch.js";
import { type Host, requireStorage } from "./host.js";
import { checkKeys, checkSecret, encodeBase64url, type RingKey } from "./keys.js";
import { type ProviderEntry, withIssuer } from "./providers.js";
import type {
  AccountQuestion,
  CallbackInput,
  CallbackResult,
  Caller,
  ConfiguredProvider,
  ConnectionPage,
  ConnectResult,
  Integration,
  Integrations,
  IntegrationsOptions,
  ListInput,
  TokenResult,
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
  const host: Host = { ...hostOf(options), storage, cipher: await createCipher(ring) };
  const drive = new Drive(() => openCore(module, configuration), host);
  return methodsOf(drive);
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
  });
}

function providerOf(provider: ConfiguredProvider): object {
  const { clientId, clientSecret, redirectUri, issuer, ...rest } = provider;
  const entry = ("entry" in rest ? rest.entry : rest) as ProviderEntry;
  const moved = issuer === undefined ? entry : withIssuer(entry, issuer);
  return { entry: moved, clientId, clientSecret, redirectUri };
}

function hostOf(options: IntegrationsOptions): Omit<Host, "storage" | "cipher"> {
  const { fetch: ownFetch, onEvent, onEffect, wake, allowLoopbackHttp } = options;
  const rules = {
    // Called through an arrow: some runtimes refuse a fetch that is called as a method.
    fetch: ownFetch ?? ((url, init) => fetch(url, init)),
    allowLoopbackHttp: allowLoopbackHttp === true,
  };
  return {
    now: options.now ?? Date.now,
    random: options.random ?? ((size) => crypto.getRandomValues(new Uint8Array(size))),
    fetch: (request, signal) => exchange(rules, request, signal),
    sleep: options.sleep ?? sleep,
    wake: (at) => wake?.(at),
    emit: (event) => onEvent?.(event),
    onEffect,
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

function methodsOf(drive: Drive): Integrations {
  const getToken = async (input: AccountQuestion & { force?: boolean }) => {
    return dated(await call<TokenResult>(drive, "accessToken", input), "expiresAt");
  };
  const listConnections = async (input: ListInput & { userId: string }) => {
    const page = await call<ConnectionPage>(drive, "list", input);
    page.connections.forEach(withDates);
    return page;
  };
  return {
    initiateOAuthFlow: async (input) =>
      dated(await call<ConnectResult>(drive, "connect", input), "expiresAt"),
    handleOAuthCallback: async (input) => {
      const { connection, accountId, ...result } = await call<CallbackResult>(
        drive,
        "callback",
        withQuery(input),
      );
      // Without consent there is neither account nor connection, and the core names none.
      return {
        ...result,
        accountId: accountId ?? "",
        connection: connection ? withDates(connection) : null,
      };
    },
    getAccessToken: async (input) => (await getToken(input)).accessToken,
    getToken,
    getConnectedIntegrations: async (userId, filter) => {
      const found: Integration[] = [];
      let page = await listConnections({ ...filter, userId });
      for (;;) {
        found.push(...page.connections);
        if (page.nextCursor === null) return found;
        page = await listConnections({ ...filter, userId, cursor: page.nextCursor });
      }
    },
    listConnections,
    readConnection: async (input) => connectionOf(await call(drive, "read", input)),
    refreshToken: async (input) => connectionOf(await call(drive, "refresh", input)),
    disconnectIntegration: (input) => call(drive, "disconnect", input),
    runDue: (input = {}) => call(drive, "runDue", input),
    close: () => drive.close(),
  };
}

// call runs one flow. Every call gets a correlation id; it is the same in its events and its error.
async function call<T>(
  drive: Drive,
  flow: keyof typeof flowKinds,
  input: object & Caller,
): Promise<T> {
  if (typeof input !== "object" || input === null) throw invalid("input", "must be an object.");
  const { signal, correlationId = crypto.randomUUID(), ...rest } = input;
  const text = jsonOf({ ...rest, correlationId });
  return JSON.parse(
    await drive.run({ kind: flowKinds[flow], input: text, correlationId, signal }),
  ) as T;
}

function jsonOf(input: object): string {
  try {
    return JSON.stringify(input);
  } catch {
    throw invalid("input", "cannot be written as JSON.");
  }
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

const connectionTimes = [
  "createdAt",
  "updatedAt",
  "expiresAt",
  "issuedAt",
  "lastRefreshAt",
] as const;

// withDates turns the times of a connection, which cross the border as numbers, into Dates.
function withDates(connection: Integration): Integration {
  return dated(connection, ...connectionTimes);
}

function dated<T extends object>(value: T, ...names: (keyof T)[]): T {
  for (const name of names) {
    const ms: unknown = value[name];
    if (typeof ms === "number") Object.assign(value, { [name]: new Date(ms) });
  }
  return value;
}
