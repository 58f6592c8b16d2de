import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKey, createMasterKey, createRouteKey } from "../../worker/keys.mjs";
import { startWorker } from "../../worker/run.mjs";
import { bundleOf } from "./bundles.ts";
import type { Worker } from "./stage.ts";

/** askAsIs sends a path byte for byte; fetch would resolve the dots in it first. */
async function askAsIs(port: number, path: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

const page = "<!doctype html><title>dashboard</title>";

describe("the dashboard's files", () => {
  let folder: string;
  let worker: Worker;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tenon-files-"));
    const site = join(folder, "site");
    mkdirSync(join(site, "assets"), { recursive: true });
    writeFileSync(join(site, "index.html"), page);
    writeFileSync(join(site, "assets/app-1a2b3c.js"), "export {};");
    writeFileSync(join(site, "assets/tenon-1a2b3c.wasm"), Buffer.from("0061736d01000000", "hex"));
    writeFileSync(join(site, ".secret.txt"), "hidden");
    writeFileSync(join(site, "notes.bin"), "no known type");
    writeFileSync(join(folder, "outside.txt"), "beyond the folder");
    const { entry } = createApiKey({ id: "unused", scopes: [] });
    worker = await startWorker({
      dataDir: join(folder, "data"),
      workerDir: await bundleOf("main"),
      dashboardDir: site,
      env: {
        TENON_KEYS: createMasterKey(),
        TENON_ROUTE_KEY: createRouteKey(),
        TENON_API_KEYS: JSON.stringify([entry]),
      },
    });
  });
  afterAll(async () => {
    await worker.stop();
    rmSync(folder, { recursive: true });
  });

  const get = async (path: string, method = "GET") => {
    const answer = await fetch(worker.url + path, { method });
    const { status, headers } = answer;
    const type = headers.get("content-type");
    return { status, type, cache: headers.get("cache-control"), text: await answer.text() };
  };

  test("come with their type, hashed ones to be kept, the page to be asked for anew", async () => {
    const forever = "public, max-age=31536000, immutable";
    expect(await get("/assets/app-1a2b3c.js")).toMatchObject({
      status: 200,
      type: "text/javascript; charset=utf-8",
      cache: forever,
    });
    const wasm = await get("/assets/tenon-1a2b3c.wasm");
    expect(wasm).toMatchObject({ status: 200, type: "application/wasm", cache: forever });
    expect(await get("/")).toEqual({
      status: 200,
      type: "text/html; charset=utf-8",
      cache: "no-cache",
      text: page,
    });
    expect(await get("/", "HEAD")).toMatchObject({ status: 200, text: "" });
  });

  test("give the page for places inside the dashboard, and 404 for files that are not there", async () => {
    for (const path of ["/connections", "/deep/er", "/assets", "/assets/"]) {
      expect((await get(path)).text, path).toBe(page);
    }
    for (const path of ["/assets/none.js", "/favicon.ico", "/robots.txt"]) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect((await get("/connections", "POST")).status).toBe(404);
  });

  test("end at their folder, and hide what has no type or begins with a dot", async () => {
    for (const path of [
      "/.secret.txt",
      "/notes.bin",
      "/../outside.txt",
      "/assets/../../outside.txt",
      "/%2e%2e/outside.txt",
      "/.%2e/outside.txt",
      "/..%2foutside.txt",
      "/assets/%2e%2e%2f%2e%2e%2foutside.txt",
      "/assets/..%5coutside.txt",
      "/assets/..\\..\\outside.txt",
      "//outside.txt",
    ]) {
      const answer = await askAsIs(worker.port, path);
      expect(answer, path).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(answer, path).not.toMatch(/hidden|beyond|no known/);
    }
    expect(await askAsIs(worker.port, "/assets/../index.html")).toContain(page);
  });
});
