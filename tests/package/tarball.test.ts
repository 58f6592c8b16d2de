import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const bindings = join(root, "bindings");

// The whole use of the package in one file, as somebody writes it who has only the tarball.
const program = `
import { isIntegrationError, loadTenon } from "tenon";
import { createMemoryStorage } from "tenon/hosts/memory";
import { createLog } from "tenon/log";
import { createMetrics } from "tenon/metrics";
import { defineProvider, withIssuer } from "tenon/providers";
import practice from "tenon/providers/practice";
import { createIntegrations } from "tenon/service";

const tenon = await loadTenon();
const { verifier, challenge } = tenon.pkce.create();
const issuer = "https://provider.example";
const metrics = createMetrics();
const lines: string[] = [];
const integrations = await createIntegrations({
  storage: createMemoryStorage(),
  keys: [{ id: 1, secret: crypto.getRandomValues(new Uint8Array(32)) }],
  providers: [
    {
      entry: defineProvider(withIssuer(practice, issuer)),
      clientId: "client",
      clientSecret: "secret",
      redirectUri: "https://app.example/callback",
    },
  ],
  onEvent: metrics.record,
  onFlow: createLog((line) => lines.push(line)).recordFlow,
  fetch: async (url) =>
    new URL(url).pathname === "/token"
      ? Response.json({ access_token: "at", token_type: "Bearer", expires_in: 3600 })
      : Response.json({ sub: "account-1" }),
});
const started = await integrations.initiateOAuthFlow({ provider: "practice", userId: "u" });
const query = new URLSearchParams({ code: "c", state: started.state, iss: issuer });
const { accountId, connection } = await integrations.handleOAuthCallback({
  provider: "practice",
  url: "https://app.example/callback?" + query,
  cookie: started.cookie ? started.cookie.name + "=" + started.cookie.value : null,
});
const token: string = await integrations.getAccessToken({ userId: "u", provider: "practice" });
const failure: unknown = await integrations.readConnection({ connectionId: "con_x" }).catch((e) => e);
console.log(
  JSON.stringify({
    pair: tenon.pkce.challenge(verifier) === challenge,
    accountId,
    status: connection?.status,
    token,
    failure: isIntegrationError(failure) && failure.code,
    counted: metrics.text().includes('tenon_connections_total{event="connected"} 1'),
    logged: lines.length,
  }),
);
`;

// A worker of one's own: the declarations name what the platform's types give.
const edge = `
import { createWorker, type EdgeWorker, type Env, TenonUser } from "tenon/worker";

const worker: EdgeWorker = createWorker({ log: (record) => console.log(record.event) });
export { TenonUser };
export default {
  fetch: (request: Request, env: Env, context: ExecutionContext) =>
    worker.fetch(request, env, context),
};
`;

const expected = {
  pair: true,
  accountId: "account-1",
  status: "connected",
  token: "at",
  failure: "INTEGRATION_NOT_FOUND",
  counted: true,
  logged: 4,
};

describe("the packed package, installed alone", { timeout: 60_000 }, () => {
  let folder = "";
  let installed = "";

  const npm = (args: string[], cwd: string) =>
    run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd });

  const typeErrors = async (project: object): Promise<string> => {
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
    return run(join(root, "node_modules", ".bin", "tsc"), ["-p", "."], { cwd: folder }).then(
      () => "",
      (failure: { stdout: string }) => failure.stdout,
    );
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tenon-package-"));
    await npm(["pack", "--ignore-scripts", "--pack-destination", folder], bindings);
    const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await writeFile(join(folder, "package.json"), '{"private":true,"type":"module"}');
    await npm(["install", "--offline", "--ignore-scripts", `./${tarball}`], folder);
    await writeFile(join(folder, "use.ts"), program);
    installed = join(folder, "node_modules", "tenon");
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("works in Node, from pair to token", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(folder, "use.ts")],
      packages: "external",
      bundle: true,
      format: "esm",
      write: false,
    });
    await writeFile(join(folder, "use.mjs"), outputFiles[0]?.text ?? "");
    const { stdout } = await run(process.execPath, ["use.mjs"], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it.each(["nodenext", "bundler"])("has types for everything under %s", async (resolution) => {
    const compilerOptions = {
      module: resolution === "bundler" ? "esnext" : "nodenext",
      moduleResolution: resolution,
      target: "es2022",
      lib: ["es2024", "dom", "dom.iterable"],
      types: [],
      strict: true,
      noEmit: true,
    };
    expect(await typeErrors({ compilerOptions, files: ["use.ts"] })).toBe("");
  });

  it("has types for a worker that is built on it", async () => {
    const compilerOptions = {
      module: "esnext",
      moduleResolution: "bundler",
      target: "es2022",
      lib: ["es2024"],
      types: [join(root, "node_modules/@cloudflare/workers-types/2023-07-01")],
      strict: true,
      noEmit: true,
    };
    await writeFile(join(folder, "edge.ts"), edge);
    expect(await typeErrors({ compilerOptions, files: ["edge.ts"] })).toBe("");
  });

  it("holds every file that its exports name, for every condition", async () => {
    const { exports } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target as Record<string, string>),
    );
    for (const target of targets.filter((each) => !each.includes("*"))) {
      expect((await readFile(join(installed, target))).length).toBeGreaterThan(0);
    }
  });

  it("holds nothing else: no tests, no sources of the core, no paths of a machine", async () => {
    const files = (await readdir(installed, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      expect(file.name).toMatch(/(\.js|\.d\.ts|\.wasm|^package\.json|^README\.md)$/);
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const trace of [root, "/usr/", "/home/", "node_modules"]) {
        expect(bytes.includes(trace), `${file.name} holds ${trace}`).toBe(false);
      }
    }
  });

  it("passes publint without a finding", async () => {
    const { messages } = await publint({ pkgDir: installed, strict: true });
    expect(messages).toEqual([]);
  });
});

describe("[P15] sizes", { timeout: 30_000 }, () => {
  const bundle = async (contents: string): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: bindings },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    return brotliCompressSync(outputFiles[0]?.contents ?? new Uint8Array()).length;
  };
  const moduleSizes = async (name: string): Promise<[raw: number, brotli: number]> => {
    const bytes = await readFile(join(bindings, "dist", name));
    return [bytes.length, brotliCompressSync(bytes).length];
  };

  it("keep the loader, up to a running module, below 2 kB", async () => {
    const loader = await bundle(`
      import { createLoader } from "./dist/src/load.js";
      import { Core, instantiate } from "./dist/src/core.js";
      export const load = createLoader(() => new URL("x", import.meta.url), fetch, (module) =>
        new Core(() => instantiate(module)));`);
    expect(loader).toBeLessThanOrEqual(2000);
  });

  it("keep the whole pure entry, with every call and its checks, below 4.5 kB", async () => {
    expect(await bundle(`export * from "./dist/src/index.js";`)).toBeLessThanOrEqual(4500);
  });

  // What the modules may not grow beyond: the sizes of today, not P15's goals. tenon.wasm is inside
  // the hard limit of 60/20 kB and not at its goal of 40/14; tenon-service.wasm is over its goal of
  // 220/64. docs/decisions/0008-size.md says what was tried and where the bytes are.
  it.each([
    ["tenon.wasm", 48_000, 18_900],
    ["tenon-service.wasm", 265_500, 98_500],
  ])("keep %s within %i bytes, %i with brotli", async (name, raw, packed) => {
    const [rawSize, packedSize] = await moduleSizes(name);
    expect(rawSize).toBeLessThanOrEqual(raw);
    expect(packedSize).toBeLessThanOrEqual(packed);
  });
});
