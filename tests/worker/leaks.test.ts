import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { type Control, openControl } from "./control.ts";
import { Stage } from "./stage.ts";

/** The forms in which a secret could lie somewhere, whole or cut at a page border. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Base64 of a part depends on where the part begins, so each of the three phases is looked for.
  const shifted = [0, 1, 2].map((skip) => bytes.subarray(skip, skip + 24).toString("base64"));
  return [
    secret.slice(0, 12),
    secret.slice(-12),
    bytes.subarray(0, 12).toString("hex"),
    ...shifted.map((text) => text.slice(0, 16)),
    ...shifted.map((text) => text.slice(0, 16).replaceAll("+", "-").replaceAll("/", "_")),
    [...bytes.subarray(0, 12)].map((byte) => `%${byte.toString(16)}`).join(""),
    encodeURIComponent(secret).slice(0, 16),
  ];
}

/** hitsIn gives the secrets that a text holds in any form, in any case. */
function hitsIn(text: string, secrets: Iterable<string>): string[] {
  const lower = text.toLowerCase();
  return [...secrets].filter((secret) =>
    formsOf(secret).some((form) => text.includes(form) || lower.includes(form.toLowerCase())),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Secrets are the secrets of a run by their kind. */
type Secrets = Map<string, Set<string>>;

const kinds = [
  "access token",
  "refresh token",
  "code",
  "verifier",
  "handed session",
  "browser session",
  "binding",
  "client secret",
  "API key",
  "master key",
  "route key",
];

function note(secrets: Secrets, kind: string, secret: string | null | undefined): void {
  if (!secret) return;
  const known = secrets.get(kind) ?? new Set();
  secrets.set(kind, known.add(secret));
}

/** noteCarried cuts what effects carried into the secrets themselves. */
function noteCarried(secrets: Secrets, carried: Iterable<string>): void {
  for (const text of carried) {
    if (text.startsWith("{")) {
      const { accessToken, refreshToken } = JSON.parse(text) as Record<string, string>;
      note(secrets, "access token", accessToken);
      note(secrets, "refresh token", refreshToken);
    } else if (text.includes("=")) {
      const form = new URLSearchParams(text);
      note(secrets, "code", form.get("code"));
      note(secrets, "verifier", form.get("code_verifier"));
      note(secrets, "refresh token", form.get("refresh_token"));
      note(secrets, "refresh token", form.get("token"));
    } else {
      note(secrets, "verifier", text);
    }
  }
}

// A session's token begins with the name of its shard, which is no secret.
const secretPart = (token: string | undefined) => token?.slice(-43);

describe("a whole run", () => {
  let stage: Stage;
  let control: Control;
  const secrets: Secrets = new Map();
  let all: string[];
  beforeAll(async () => {
    control = await openControl();
    stage = await Stage.open({ bundle: "probe" });
    await stage.restart({ PROBE_URL: control.url });
    await run();
    all = [...secrets.values()].flatMap((known) => [...known]);
    await stage.worker.stop();
  });
  afterAll(async () => {
    await stage.close();
    await control.close();
  });

  async function run(): Promise<void> {
    const handed = await stage.api("POST", "/v1/sessions", { userId: "ada" });
    const { token } = handed.body.data;
    note(secrets, "handed session", secretPart(token));
    const browser = new Browser(stage.url);
    await browser.call("POST", "/v1/sessions/browser", { token });
    const pending = await stage.begin(browser);
    const connection = await stage.connect(browser);
    const path = `/v1/connections/${connection.id}`;
    const { body } = await stage.api("GET", `${path}/token`);
    await browser.call("POST", `${path}/refresh`, { force: true });
    stage.provider.faults.set({ endpoint: "token", status: 400, body: leaky(body) });
    await browser.call("POST", `${path}/refresh`, { force: true });
    const denied = await stage.begin(browser);
    await browser.open(await stage.consent(denied, "ada", { deny: true }));
    const second = await stage.connect(await stage.signIn("grace"), "grace");
    await stage.api("DELETE", `/v1/connections/${second.id}`);
    noteCarried(secrets, control.secrets);
    note(secrets, "access token", body.data.accessToken);
    note(secrets, "client secret", stage.clientSecret);
    note(secrets, "API key", stage.keys.acme);
    note(secrets, "browser session", secretPart(browser.cookie("tenon-session")));
    note(secrets, "binding", browser.cookie(`tenon-${pending.flow}`));
    note(secrets, "master key", stage.env.TENON_KEYS?.split(":")[1]);
    note(secrets, "route key", stage.env.TENON_ROUTE_KEY);
  }

  // A provider that repeats a secret in its error must not get it into a log either.
  const leaky = (body: { data: { accessToken: string } }) =>
    JSON.stringify({ error: "server_error", error_description: body.data.accessToken });

  test("has seen at least one secret of each kind", () => {
    expect([...secrets.keys()].sort()).toEqual([...kinds].sort());
    for (const secret of all) expect(secret.length).toBeGreaterThanOrEqual(24);
  });

  test("leaves no secret in storage, in plain, base64, hex or percent form [R55] [R21]", () => {
    const files = filesBelow(stage.dataDir);
    expect(files.filter((file) => file.endsWith(".sqlite")).length).toBeGreaterThan(2);
    for (const file of files) {
      expect(hitsIn(readFileSync(file, "latin1"), all), file).toEqual([]);
    }
  });

  test("leaves none in the logs, nor a state [R56]", () => {
    const text = stage.worker.logs.join("\n");
    expect(text).toContain("integration.connected");
    expect(text).toContain("token.handed_out");
    expect(hitsIn(text, all)).toEqual([]);
    expect(text).not.toMatch(/[?&](code|state)=/);
  });

  test("would have found one", () => {
    const [secret = ""] = all;
    const planted = Buffer.from(`xx${secret}`);
    for (const form of [secret, planted.toString("base64"), planted.toString("hex")]) {
      expect(hitsIn(`...${form}...`, [secret])).toEqual([secret]);
    }
  });
});
