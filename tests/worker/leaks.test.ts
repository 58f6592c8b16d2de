import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

/** secretsOf cuts what effects carried into the secrets themselves. */
function secretsOf(carried: Iterable<string>): Set<string> {
  const secrets = new Set<string>();
  for (const text of carried) {
    if (text.startsWith("{")) {
      const { accessToken, refreshToken } = JSON.parse(text) as Record<string, string>;
      for (const token of [accessToken, refreshToken]) if (token) secrets.add(token);
    } else if (text.includes("=")) {
      const form = new URLSearchParams(text);
      for (const name of ["code", "code_verifier", "refresh_token", "token"]) {
        const value = form.get(name);
        if (value) secrets.add(value);
      }
    } else {
      secrets.add(text);
    }
  }
  return secrets;
}

describe("a whole run", () => {
  let stage: Stage;
  let control: Control;
  let secrets: Set<string>;
  beforeAll(async () => {
    control = await openControl();
    stage = await Stage.open({ bundle: "probe" });
    await stage.restart({ PROBE_URL: control.url });
    secrets = await run();
    await stage.worker.stop();
  });
  afterAll(async () => {
    await stage.close();
    await control.close();
  });

  async function run(): Promise<Set<string>> {
    const browser = await stage.signIn("ada");
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
    const seen = secretsOf(control.secrets);
    seen.add(body.data.accessToken);
    seen.add(stage.clientSecret);
    seen.add(stage.keys.acme);
    seen.add(browser.cookie("tenon-session") ?? "");
    seen.add(browser.cookie(`tenon-${pending.flow}`) ?? "");
    for (const key of (stage.env.TENON_KEYS ?? "").split(",")) seen.add(key.split(":")[1] ?? "");
    return seen;
  }

  // A provider that repeats a secret in its error must not get it into a log either.
  const leaky = (body: { data: { accessToken: string } }) =>
    JSON.stringify({ error: "server_error", error_description: body.data.accessToken });

  test("has seen access tokens, refresh tokens, verifiers and codes", () => {
    expect(secrets.size).toBeGreaterThan(12);
    for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(24);
  });

  test("leaves no secret in storage, in plain, base64, hex or percent form [R55] [R21]", () => {
    const files = filesBelow(stage.dataDir);
    expect(files.filter((file) => file.endsWith(".sqlite")).length).toBeGreaterThan(2);
    for (const file of files) {
      expect(hitsIn(readFileSync(file, "latin1"), secrets), file).toEqual([]);
    }
  });

  test("leaves none in the logs, nor a state [R56]", () => {
    const text = stage.worker.logs.join("\n");
    expect(text).toContain("integration.connected");
    expect(text).toContain("token.handed_out");
    expect(hitsIn(text, secrets)).toEqual([]);
    expect(text).not.toMatch(/[?&](code|state)=/);
  });

  test("would have found one", () => {
    const [secret = ""] = secrets;
    const planted = Buffer.from(`xx${secret}`);
    for (const form of [secret, planted.toString("base64"), planted.toString("hex")]) {
      expect(hitsIn(`...${form}...`, [secret])).toEqual([secret]);
    }
  });
});
