import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "./workerd/start.ts";

type Example = typeof import("./examples/browser.ts");

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe("the worker example", () => {
  let worker: RunningWorker;

  beforeAll(async () => {
    const secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    worker = await startWorker({
      entry: pathOf("./workerd/example-worker.ts"),
      className: "Connections",
      variables: { TENON_KEY: secret, GITHUB_ID: "client", GITHUB_SECRET: "secret" },
    });
  }, 60_000);

  afterAll(() => worker?.stop());

  it("sends the browser to the provider, bound by a cookie", async () => {
    const response = await fetch(`${worker.url}/connect`, { redirect: "manual" });
    expect(response.status).toBe(303);
    const location = new URL(response.headers.get("location") ?? "");
    expect(location.host).toBe("github.com");
    expect(location.searchParams.get("redirect_uri")).toBe("https://app.example/callback/github");
    expect(response.headers.get("set-cookie")).toMatch(/^__Host-tenon-[\w-]{8}=[\w-]{43};/);
  });
});

describe("the browser example", () => {
  let browser: Browser;
  let server: Server;
  let url = "";
  let wasmType = "application/wasm";

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [pathOf("./examples/browser.ts")],
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
    });
    const script = outputFiles[0]?.contents ?? new Uint8Array();
    const wasm = await readFile(pathOf("../../bindings/dist/tenon.wasm"));
    // The bundle lies in a folder, as the package's own files do; the module lies above it.
    server = createServer((request, response) => {
      response.setHeader("content-security-policy", "script-src 'self' 'wasm-unsafe-eval'");
      if (request.url === "/assets/app.js") {
        response.setHeader("content-type", "text/javascript").end(script);
      } else if (request.url === "/tenon.wasm")
        response.setHeader("content-type", wasmType).end(wasm);
      else
        response.setHeader("content-type", "text/html").end("<!doctype html><title>page</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    url = `http://127.0.0.1:${address.port}`;
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      chromiumSandbox: false,
      args: ["--disable-gpu", "--no-first-run", "--disable-background-networking"],
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each(["application/wasm", "application/octet-stream"])(
    "runs in Chromium under a strict policy, the module sent as %s",
    async (type) => {
      wasmType = type;
      const page = await browser.newPage();
      await page.goto(url);
      // As text: the test runner would rewrite an import in a function.
      const { report } = (await page.evaluate(`import("${url}/assets/app.js")`)) as Example;
      await page.close();
      expect(report).toMatchObject({ status: "valid", retry: true, code: "INVALID_REDIRECT_URL" });
      expect(report.challenge).toBe(
        createHash("sha256").update(report.verifier).digest("base64url"),
      );
      expect(report.delayMs).toBeLessThanOrEqual(1000);
    },
    60_000,
  );
});
