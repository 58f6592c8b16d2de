import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { loadTenon, TenonError } from "tenon";
import { createIntegrations, loadTenon as loadFromService } from "tenon/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLoader } from "../../bindings/dist/src/load.js";
import { moduleOfVersion, moduleWithImport } from "./tiny-wasm.ts";

const wasmFile = fileURLToPath(new URL("../../bindings/dist/tenon.wasm", import.meta.url));

function refusal(message: RegExp): object {
  return expect.objectContaining({
    name: "TenonError",
    code: "CONFIGURATION_ERROR",
    message: expect.stringMatching(message),
  });
}

describe("loading a module that is not tenon's", () => {
  it("refuses a module with imports and says so", async () => {
    await expect(loadTenon({ wasm: moduleWithImport() })).rejects.toEqual(refusal(/imports/));
  });

  it("refuses a module of another ABI version and names both", async () => {
    await expect(loadTenon({ wasm: moduleOfVersion(9) })).rejects.toEqual(
      refusal(/ABI 9.*needs 1/),
    );
  });

  it("refuses bytes that are no module", async () => {
    await expect(loadTenon({ wasm: Uint8Array.of(1, 2, 3) })).rejects.toEqual(refusal(/loaded/));
  });

  it("refuses a file that is not there", async () => {
    const wasm = new URL("file:///nowhere/tenon.wasm");
    await expect(loadTenon({ wasm })).rejects.toBeInstanceOf(TenonError);
  });
});

describe("createLoader", () => {
  const bytes = moduleOfVersion(1);
  const address = new URL("https://unused.example/tenon.wasm");
  const exportsOf = (module: WebAssembly.Module): number =>
    WebAssembly.Module.exports(module).length;

  it("shares one read among concurrent loads", async () => {
    let reads = 0;
    const read = async (): Promise<Uint8Array<ArrayBuffer>> => {
      reads++;
      return bytes;
    };
    const load = createLoader(
      () => address,
      read,
      (module) => ({ module }),
    );
    const [first, second] = await Promise.all([load(), load()]);
    expect(first).toBe(second);
    expect(await load()).toBe(first);
    expect(reads).toBe(1);
  });

  it("may be tried again after a failed load", async () => {
    let reads = 0;
    const read = async (): Promise<Uint8Array<ArrayBuffer>> => {
      if (++reads === 1) throw new Error("offline");
      return bytes;
    };
    const load = createLoader(() => address, read, exportsOf);
    await expect(load()).rejects.toEqual(refusal(/loaded/));
    expect(await load()).toBe(3);
  });

  it("refuses an answer that is not a success", async () => {
    const load = createLoader(
      () => address,
      async () => new Response("", { status: 404 }),
      exportsOf,
    );
    await expect(load()).rejects.toEqual(refusal(/loaded/));
  });
});

describe("loading tenon.wasm", () => {
  let server: Server;
  let url = "";

  beforeAll(async () => {
    const bytes = await readFile(wasmFile);
    server = createServer((request, response) => {
      const type = request.url === "/right" ? "application/wasm" : "application/octet-stream";
      response.setHeader("content-type", type).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("no port");
    url = `http://127.0.0.1:${bound.port}`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const verifierOf = async (wasm: Parameters<typeof loadTenon>[0]): Promise<string> =>
    (await loadTenon(wasm)).pkce.create().verifier;

  it("shares one instance among concurrent loads", async () => {
    const [first, second] = await Promise.all([loadTenon(), loadTenon()]);
    expect(first).toBe(second);
  });

  it("streams from an address, and takes a wrong content type too", async () => {
    expect(await verifierOf({ wasm: new URL(`${url}/right`) })).toHaveLength(43);
    expect(await verifierOf({ wasm: new URL(`${url}/wrong`) })).toHaveLength(43);
    expect(await verifierOf({ wasm: fetch(`${url}/wrong`) })).toHaveLength(43);
  });

  it("takes bytes, a compiled module, and the service's own module", async () => {
    const bytes = await readFile(wasmFile);
    expect(await verifierOf({ wasm: bytes })).toHaveLength(43);
    expect(await verifierOf({ wasm: await WebAssembly.compile(bytes) })).toHaveLength(43);
    expect((await loadFromService()).pkce.create().verifier).toHaveLength(43);
  });

  it("asks for no import in either module", async () => {
    for (const name of ["tenon.wasm", "tenon-service.wasm"]) {
      const file = fileURLToPath(new URL(`../../bindings/dist/${name}`, import.meta.url));
      const module = await WebAssembly.compile(await readFile(file));
      expect(WebAssembly.Module.imports(module)).toEqual([]);
    }
  });

  it("refuses the pure module where the service's is needed", async () => {
    const options = { storage: undefined, keys: [], providers: [], wasm: await readFile(wasmFile) };
    await expect(Reflect.apply(createIntegrations, undefined, [options])).rejects.toBeInstanceOf(
      TenonError,
    );
  });
});
