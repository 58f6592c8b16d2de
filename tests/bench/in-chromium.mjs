// The jobs in Chromium: each in a page of its own, which measures by its own clock.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium } from "../browser/launch.mjs";

const resolve = createRequire(import.meta.url).resolve;
const page = '<!doctype html><script type="module" src="/a/page.js"></script>';

// An isolated page has a clock of 5 us; any other has one of 100.
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.mjs", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0].contents;
}

async function serve() {
  const files = new Map([
    ["/", ["text/html", page]],
    ["/a/page.js", ["text/javascript", await bundle()]],
    ["/tenon.wasm", ["application/wasm", readFileSync(resolve("tenon/tenon.wasm"))]],
    [
      "/tenon-service.wasm",
      ["application/wasm", readFileSync(resolve("tenon/tenon-service.wasm"))],
    ],
  ]);
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url) ?? ["text/plain", ""];
    response.writeHead(body === "" ? 404 : 200, { "content-type": type, ...isolated }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** openChromium starts the browser and gives its engine; close ends it. */
export async function openChromium() {
  const server = await serve();
  const browser = await launchChromium();
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  const address = `http://127.0.0.1:${server.address().port}/`;
  return { measure: (question) => measureInPage(browser, address, question), close };
}

async function measureInPage(browser, address, question) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(address);
  const figures = await tab.evaluate(async (asked) => {
    const engine = await globalThis.engine;
    return engine.measure(asked);
  }, question);
  await context.close();
  return figures;
}
