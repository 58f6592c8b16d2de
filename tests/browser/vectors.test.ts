import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectedCounts, readVectors } from "../package/read-vectors.ts";
import { openVisit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import type { Outcome } from "./vectors-entry.ts";

const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";
const page =
  '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/a/run.js"></script>';
const serviceOnly = ["json", "tokenResponses"];
const resolve = createRequire(import.meta.url).resolve;

let server: Server;
let outcome: Outcome;
let faults: string[];

beforeAll(async () => {
  server = await serve();
  const { port } = server.address() as AddressInfo;
  const browser = await launchChromium();
  const visit = await openVisit(browser);
  await visit.page.goto(`http://127.0.0.1:${port}/`);
  outcome = await visit.page.evaluate(() => globalThis.outcome);
  faults = visit.faults;
  await browser.close();
});

afterAll(async () => {
  server.closeAllConnections();
  await once(server.close(), "close");
});

describe("published vectors in Chromium, under a policy that allows no more than 'wasm-unsafe-eval'", () => {
  for (const [name, wanted] of Object.entries(expectedCounts)) {
    it(`hold on both modules: ${name}, ${wanted} of ${wanted}`, () => {
      const onService = serviceOnly.includes(name) ? name : `${name} (service module)`;
      expect(outcome.counts[name]).toEqual({ ran: wanted, failed: [] });
      expect(outcome.counts[onService]).toEqual({ ran: wanted, failed: [] });
    });
  }

  it("run on modules that import nothing", () => {
    expect(outcome.imports).toEqual({ "tenon.wasm": [], "tenon-service.wasm": [] });
  });

  it("leave no console error and no violation of the policy", () => {
    expect(faults).toEqual([]);
  });
});

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL("vectors-entry.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  return outputFiles[0]?.text ?? "";
}

/** Serves the package as it is published: the modules lie one folder above the code. */
async function serve(): Promise<Server> {
  const files = new Map<string, [type: string, body: string | Uint8Array]>([
    ["/", ["text/html; charset=utf-8", page]],
    ["/a/run.js", ["text/javascript; charset=utf-8", await bundle()]],
    ["/vectors.json", ["application/json", JSON.stringify(readVectors())]],
    ["/tenon.wasm", ["application/wasm", readFileSync(resolve("tenon/tenon.wasm"))]],
    [
      "/tenon-service.wasm",
      ["application/wasm", readFileSync(resolve("tenon/tenon-service.wasm"))],
    ],
  ]);
  const started = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? "") ?? ["text/plain", ""];
    response.writeHead(body === "" ? 404 : 200, {
      "content-type": type,
      "content-security-policy": policy,
    });
    response.end(body);
  }).listen(0, "127.0.0.1");
  await once(started, "listening");
  return started;
}
