import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSteps } from "../../scripts/demo-run.mjs";
import { markRunning, openLocalFolder, refuseSecondRun } from "../../scripts/local-folder.mjs";
import { firstFreePort, isFree } from "../../scripts/ports.mjs";
import { findSecrets, readFolder } from "../../scripts/secret-scan.mjs";
import { readOptions } from "../../scripts/start.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenon-scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const percent = (text: string) => Buffer.from(text).toString("hex").replace(/../g, "%$&");

describe("the search for secrets", () => {
  const value = "Zm9vYmFy~~~-_3T1xN0pQ7sVwLrYuHcEdGiJ~~~Ot";
  const secret = { name: "a token", value };
  const foundIn = (bytes: Buffer | string) =>
    findSecrets([{ name: "dump", bytes: Buffer.from(bytes) }], [secret]);

  it.each([
    ["plain", value],
    ["base64", Buffer.from(value).toString("base64")],
    ["base64", Buffer.from(value).toString("base64url")],
    ["hex", Buffer.from(value).toString("hex")],
    ["hex", Buffer.from(value).toString("hex").toUpperCase()],
    ["percent", percent(value)],
    ["percent", percent(value).toUpperCase()],
  ])("finds one in %s form", (form, text) => {
    expect(foundIn(`\0before ${text} after\xff`)).toContain(`a token in ${form} form in dump`);
  });

  it("finds one in base64 wherever its groups of three bytes begin", () => {
    for (const before of ["", "x", "xx", '{"accessToken":"']) {
      const text = Buffer.from(`${before}${value}"}`).toString("base64");
      expect(foundIn(text)).toContain("a token in base64 form in dump");
    }
  });

  it("finds one of which only the first or the last half is there", () => {
    expect(foundIn(value.slice(0, 20))).toHaveLength(1);
    expect(foundIn(value.slice(20))).toHaveLength(1);
  });

  it("names the secret without repeating it, and each file that holds it", () => {
    const sources = ["one", "two"].map((name) => ({ name, bytes: Buffer.from(value) }));
    const found = findSecrets(
      [...sources, { name: "three", bytes: Buffer.from("none") }],
      [secret],
    );
    expect(found).toEqual(["a token in plain form in one", "a token in plain form in two"]);
  });

  it("finds nothing in bytes that hold another secret", () => {
    expect(foundIn("tOnMkJiGdEcHuYrLwVs7Qp0Nx1T3qk_-yFmYvZ9bQ")).toEqual([]);
  });

  it("refuses what is too short to be told from chance, or has several percent forms", () => {
    expect(() => findSecrets([], [{ name: "a pin", value: "1234" }])).toThrow("a pin is too short");
    const split = { name: "a phrase", value: "with spaces, which are encoded" };
    expect(() => findSecrets([], [split])).toThrow("a phrase");
  });

  it("reads every file below a folder, as bytes", async () => {
    writeFileSync(join(folder, "a.sqlite"), Buffer.from([0, 255, 1]));
    const [source] = await readFolder(folder);
    expect(source).toEqual({ name: "a.sqlite", bytes: Buffer.from([0, 255, 1]) });
  });
});

describe("the demo's steps", () => {
  it("stop at the first that fails, and its name and reason are told", async () => {
    const lines: string[] = [];
    const step = (name: string, run: () => Promise<string>) => ({ name, run });
    const failed = await runSteps(
      [
        step("one", async () => "went well"),
        step("two", async () => Promise.reject(new Error("the door was shut"))),
        step("three", async () => "is never reached"),
      ],
      {},
      (line: string) => lines.push(line),
    );
    expect(failed).toBe("two");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^ok {4}one +\d+\.\d\d s {2}went well$/);
    expect(lines[1]).toMatch(/^FAIL {2}two +\d+\.\d\d s {2}the door was shut$/);
  });
});

describe("npm start", () => {
  it("takes a port, and says how it is used when the words are wrong", () => {
    expect(readOptions(["--port", "9000"]).port).toBe(9000);
    expect(readOptions([]).port).toBeUndefined();
    for (const args of [["--port", "x"], ["--port", "0"], ["--port", "65536"], ["--prot"], ["x"]]) {
      expect(() => readOptions(args)).toThrow("usage: npm start");
    }
  });

  it("takes the next port when one is in use", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    expect(await isFree(port)).toBe(false);
    expect(await firstFreePort(port)).toBeGreaterThan(port);
    await new Promise((done) => server.close(done));
    expect(await firstFreePort(port)).toBe(port);
  });

  it("makes its keys once, for the owner's eyes only", () => {
    const first = openLocalFolder(folder);
    first.remember(4711);
    const second = openLocalFolder(folder);
    expect(second.secrets).toEqual(first.secrets);
    expect(second.practicePort).toBe(4711);
    expect(statSync(join(folder, "local.json")).mode & 0o777).toBe(0o600);
  });

  it("refuses keys that others may read, or that are damaged, and does not replace them", () => {
    openLocalFolder(folder);
    const path = join(folder, "local.json");
    chmodSync(path, 0o644);
    expect(() => openLocalFolder(folder)).toThrow("chmod 600");
    chmodSync(path, 0o600);
    writeFileSync(path, '{"secrets":{"apiKey":"x"}}');
    expect(() => openLocalFolder(folder)).toThrow("damaged");
    expect(readFileSync(path, "utf8")).toBe('{"secrets":{"apiKey":"x"}}');
  });

  it("starts beside the mark of a run that has ended", async () => {
    const unmark = markRunning({ url: "http://127.0.0.1:9", pids: [1] }, folder);
    await expect(refuseSecondRun(folder)).resolves.toBeUndefined();
    unmark();
    await expect(readFolder(folder)).resolves.toEqual([]);
  });
});
