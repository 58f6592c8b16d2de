import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiKey, createMasterKey, createRouteKey } from "../../worker/keys.mjs";
import { approve } from "../../worker/practice/approve.mjs";
import { startPracticeProvider } from "../../worker/practice/provider.mjs";
import { freePort, startWorker } from "../../worker/run.mjs";
import { Browser } from "./browser.ts";
import { type Bundle, bundleOf } from "./bundles.ts";

export type Provider = Awaited<ReturnType<typeof startPracticeProvider>>;
export type Worker = Awaited<ReturnType<typeof startWorker>>;

export interface StageOptions {
  bundle?: Bundle;
  accessTokenTtlS?: number;
  /** What the provider makes of a used refresh token. */
  rotation?: "strict" | "grace";
  /** Settings in place of the usual ones. */
  env?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, not typed
export type Json = any;

export interface Called {
  status: number;
  headers: Headers;
  body: Json;
}

const allScopes = ["connections:read", "connections:write", "tokens:read", "sessions:write"];

/** Stage is a worker, a practice provider, a data folder, and the keys to call them with. */
export class Stage {
  worker!: Worker;
  readonly #bundle: Bundle;

  private constructor(
    readonly provider: Provider,
    readonly dataDir: string,
    readonly port: number,
    readonly env: Record<string, string>,
    readonly keys: { acme: string; reader: string; globex: string },
    bundle: Bundle,
  ) {
    this.#bundle = bundle;
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const provider = await startPracticeProvider({
      redirectUris: [`${url}/v1/callback/practice`],
      accessTokenTtlS: options.accessTokenTtlS,
      rotation: options.rotation,
    });
    const acme = createApiKey({ id: "acme", organizationId: "acme", scopes: allScopes });
    const reader = createApiKey({
      id: "reader",
      organizationId: "acme",
      scopes: ["connections:read"],
    });
    const globex = createApiKey({ id: "globex", organizationId: "globex", scopes: allScopes });
    const [client] = provider.clients;
    const practice = { ...client, provider: "practice", issuer: provider.issuer };
    const env = {
      TENON_PUBLIC_URL: url,
      TENON_KEYS: createMasterKey(),
      TENON_ROUTE_KEY: createRouteKey(),
      TENON_API_KEYS: JSON.stringify([acme.entry, reader.entry, globex.entry]),
      TENON_PROVIDERS: JSON.stringify([
        practice,
        { provider: "github", clientId: "not-called", clientSecret: "not-called-either" },
      ]),
      ...options.env,
    };
    const keys = { acme: acme.key, reader: reader.key, globex: globex.key };
    const dataDir = await mkdtemp(join(tmpdir(), "tenon-stage-"));
    const bundle = options.bundle ?? "main";
    const stage = new Stage(provider, dataDir, port, env, keys, bundle);
    try {
      await stage.start();
    } catch (problem) {
      await provider.close();
      await rm(dataDir, { recursive: true });
      throw problem;
    }
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get clientSecret(): string {
    return this.provider.clients[0]?.clientSecret ?? "";
  }

  /** start runs the worker on the stage's port and folder; settings given here win. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.worker = await startWorker({
      port: this.port,
      dataDir: this.dataDir,
      workerDir: await bundleOf(this.#bundle),
      env: { ...this.env, ...env },
      variables: ["PROBE_URL", "PROBE_CLOCK_MS"],
    });
  }

  async restart(env: Record<string, string> = {}): Promise<void> {
    await this.worker.kill("SIGKILL");
    await this.start(env);
  }

  async close(): Promise<void> {
    await this.worker.stop();
    await this.provider.close();
    await rm(this.dataDir, { recursive: true });
  }

  /** api calls the worker as a server with an API key. */
  async api(method: string, path: string, body?: unknown, key = this.keys.acme): Promise<Called> {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(this.url + path, {
      method,
      headers,
      body: JSON.stringify(body),
      redirect: "manual",
    });
    return called(answer);
  }

  /** signIn gives a browser with a session of that user. */
  async signIn(userId: string, browser = new Browser(this.url)): Promise<Browser> {
    const { body } = await this.api("POST", "/v1/sessions", { userId });
    const answer = await browser.call("POST", "/v1/sessions/browser", { token: body.data.token });
    if (answer.status !== 201) throw new Error(`sign-in answered ${answer.status}`);
    return browser;
  }

  /** begin starts a flow in a signed-in browser. */
  async begin(browser: Browser, fields: object = {}, provider = "practice"): Promise<Begun> {
    const answer = await browser.call("POST", `/v1/connect/${provider}`, fields);
    const { status, body } = await called(answer);
    if (status !== 201) throw new Error(`connect answered ${status} ${JSON.stringify(body)}`);
    return body.data;
  }

  /** consent walks the provider's pages and gives the callback address. */
  consent(begun: Begun, user = "ada", choices: object = {}): Promise<string> {
    return approve({ authorizationUrl: begun.authUrl, user, ...choices });
  }

  /** connect goes all the way and gives the new connection. */
  async connect(browser: Browser, user = "ada"): Promise<Json> {
    const callback = await this.consent(await this.begin(browser), user);
    const answer = await browser.open(callback);
    const location = answer.headers.get("location") ?? "";
    if (!location.includes("tenon=connected")) {
      throw new Error(`callback answered ${answer.status} ${location}\n${this.tail()}`);
    }
    const { body } = await called(await browser.call("GET", "/v1/connections"));
    return body.data.connections.find(({ account }: Json) => account.username === user);
  }

  /** log gives the worker's log records. */
  get log(): Json[] {
    return this.worker.logs.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  }

  /** reasonOf finds why a request was refused. */
  reasonOf(answer: { headers: Headers }): string | undefined {
    const id = answer.headers.get("x-correlation-id");
    return this.log.find((line) => line.event === "request" && line.correlationId === id)?.reason;
  }

  tail(): string {
    return this.worker.logs.slice(-8).join("\n");
  }
}

export interface Begun {
  authUrl: string;
  state: string;
  expiresAt: string;
  flow: string;
}

/** called reads an answer to its end. */
export async function called(answer: Response): Promise<Called> {
  const text = await answer.text();
  const json = answer.headers.get("content-type")?.startsWith("application/json");
  return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
}
