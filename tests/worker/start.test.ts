import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKey, createMasterKey, createRouteKey } from "../../worker/keys.mjs";
import { freePort, startWorker } from "../../worker/run.mjs";
import { bundleOf } from "./bundles.ts";

const secret = () => createRouteKey();
const { entry } = createApiKey({ id: "key", scopes: ["connections:read"] });
const complete: Record<string, string> = {
  TENON_KEYS: createMasterKey(),
  TENON_ROUTE_KEY: createRouteKey(),
  TENON_API_KEYS: JSON.stringify([entry]),
  TENON_PROVIDERS: "[]",
};

const faults: [title: string, variable: string, value: string | undefined][] = [
  ["no master keys", "TENON_KEYS", undefined],
  ["an empty key ring", "TENON_KEYS", ""],
  ["a key without an id", "TENON_KEYS", secret()],
  ["a key with the id 0", "TENON_KEYS", `0:${secret()}`],
  ["a key of 31 bytes", "TENON_KEYS", `1:${Buffer.alloc(31, 7).toString("base64url")}`],
  ["a key of one repeated byte", "TENON_KEYS", `1:${Buffer.alloc(32, 7).toString("base64url")}`],
  ["a key in hex with a stray letter", "TENON_KEYS", `1:${"0g".repeat(32)}=`],
  ["a key in padded base64", "TENON_KEYS", `1:${Buffer.alloc(32, 7).toString("base64")}`],
  ["a key id used twice", "TENON_KEYS", `1:${secret()},1:${secret()}`],
  ["no route key", "TENON_ROUTE_KEY", undefined],
  ["a short route key", "TENON_ROUTE_KEY", "c2hvcnQ"],
  ["no API keys", "TENON_API_KEYS", undefined],
  ["API keys that are not JSON", "TENON_API_KEYS", "tenon_key"],
  ["an empty list of API keys", "TENON_API_KEYS", "[]"],
  ["an unknown scope", "TENON_API_KEYS", JSON.stringify([{ ...entry, scopes: ["*"] }])],
  ["a hash that is none", "TENON_API_KEYS", JSON.stringify([{ ...entry, hash: "00" }])],
  ["an unknown provider", "TENON_PROVIDERS", '[{"provider":"nobody","clientId":"x"}]'],
  ["an unknown provider setting", "TENON_PROVIDERS", '[{"provider":"github","clientID":"x"}]'],
  ["a client secret that is missing", "TENON_PROVIDERS", '[{"provider":"github","clientId":"x"}]'],
  ["a public address without TLS", "TENON_PUBLIC_URL", "http://tenon.example"],
  ["a public address with a path", "TENON_PUBLIC_URL", "https://tenon.example/app"],
  ["a return origin that is a path", "TENON_RETURN_ORIGINS", "https://a.example/b"],
];

// A secret in the wrong place: of the wrong shape for it, and marked to be found.
const pasted = "SuperSecretThatWasPastedIntoTheWrongVariable.0123456789";
const listed = (entry: object) => JSON.stringify([entry]);
const github = { provider: "github", clientId: "x", clientSecret: "y" };
const leaks: [title: string, fields: Record<string, string>][] = [
  ["a whole key ring", { TENON_KEYS: pasted }],
  ["a master key", { TENON_KEYS: `1:${pasted}` }],
  ["a second master key", { TENON_KEYS: `${complete.TENON_KEYS},2:${pasted}` }],
  ["a route key", { TENON_ROUTE_KEY: pasted }],
  ["an API key list", { TENON_API_KEYS: pasted }],
  ["an API key's id", { TENON_API_KEYS: listed({ ...entry, id: pasted }) }],
  ["an API key's hash", { TENON_API_KEYS: listed({ ...entry, hash: pasted }) }],
  ["an API key's scope", { TENON_API_KEYS: listed({ ...entry, scopes: [pasted] }) }],
  ["an API key's expiry", { TENON_API_KEYS: listed({ ...entry, expiresAt: pasted }) }],
  ["an organization", { TENON_API_KEYS: listed({ ...entry, organizationId: `${pasted}\n` }) }],
  ["a member of an API key", { TENON_API_KEYS: listed({ ...entry, [pasted]: 1 }) }],
  ["a provider list", { TENON_PROVIDERS: pasted }],
  ["a provider", { TENON_PROVIDERS: listed({ ...github, provider: pasted }) }],
  ["an issuer", { TENON_PROVIDERS: listed({ ...github, issuer: `not an address ${pasted}` }) }],
  ["a member of a provider", { TENON_PROVIDERS: listed({ ...github, [pasted]: 1 }) }],
  ["a public address", { TENON_PUBLIC_URL: pasted }],
  ["a public address's user", { TENON_PUBLIC_URL: `https://user:${pasted}@tenon.example` }],
  ["a public address's path", { TENON_PUBLIC_URL: `https://tenon.example/${pasted}` }],
  ["a public address's scheme", { TENON_PUBLIC_URL: `http://${pasted.toLowerCase()}` }],
  ["a return origin", { TENON_RETURN_ORIGINS: `https://a.example,${pasted}` }],
  ["a return origin's path", { TENON_RETURN_ORIGINS: `https://a.example/${pasted}` }],
];

describe("a worker whose settings are not complete", () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), "tenon-start-"));
  });
  afterAll(() => rmSync(dataDir, { recursive: true }));

  const start = async (env: Record<string, string | undefined>) => {
    const workerDir = await bundleOf("main");
    return startWorker({ dataDir, workerDir, env: env as Record<string, string> });
  };

  test.each(faults)("refuses to start with %s and names the variable [R53]", async (...row) => {
    const [, variable, value] = row;
    await expect(start({ ...complete, [variable]: value })).rejects.toThrow(
      new RegExp(`cannot start: ${variable} `),
    );
  });

  test("refuses a provider on loopback, and has no way there, when the public address is not", async () => {
    const issuer = "http://127.0.0.1:9400";
    const practice = { provider: "practice", clientId: "x", clientSecret: "y", issuer };
    const env = {
      ...complete,
      TENON_PUBLIC_URL: "https://tenon.example",
      TENON_PROVIDERS: JSON.stringify([practice]),
    };
    await expect(start(env)).rejects.toThrow(/cannot start: TENON_PROVIDERS /);
    const config = readFileSync(join(dataDir, "workerd.capnp"), "utf8");
    expect(config).toContain('allow = ["public"]');
    expect(config).not.toContain("private");
  });

  test.each(leaks)("never prints the value that it refuses: %s", async (_title, fields) => {
    const problem = await start({ ...complete, ...fields }).catch((error) => error);
    expect(problem.message).toContain(`cannot start: ${Object.keys(fields)[0]} `);
    expect(problem.message.toLowerCase()).not.toContain(pasted.slice(0, 16).toLowerCase());
  });

  test("starts when they are complete", async () => {
    const worker = await start(complete);
    const answer = await fetch(`${worker.url}/ready`);
    expect(answer.status).toBe(200);
    await worker.stop();
  });

  test("answers every address with the same 503 and does nothing else", async () => {
    const { startUnchecked } = await import("./unchecked.ts");
    const worker = await startUnchecked(dataDir, {});
    for (const path of ["/health", "/ready", "/", "/v1/connections", "/v1/callback/github"]) {
      const answer = await fetch(worker.url + path);
      expect(answer.status, path).toBe(503);
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe("CONFIGURATION_ERROR");
      expect(error.message).toContain("TENON_KEYS");
    }
    await worker.stop();
  });

  test("makes the launcher exit non-zero with the readable message", async () => {
    const launcher = join(import.meta.dirname, "../../worker/run.mjs");
    const args = [launcher, "--port", String(await freePort()), "--data", dataDir];
    const env = { ...complete, TENON_KEYS: "", PATH: process.env.PATH ?? "" };
    const ended = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain("TENON_KEYS is not set");
  });
});
