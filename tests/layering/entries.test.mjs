import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { repositoryRoot } from "../../scripts/run.mjs";
import { sourceFiles } from "../../scripts/source-files.mjs";

// A clean checkout has no node_modules: each script is started there before anything is installed.
const entries = sourceFiles(/^package\.json$/).flatMap(({ text }) =>
  Object.values(JSON.parse(text).scripts).map((line) => line.replace("node ", "")),
);

let checkout;
before(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), "tenon-checkout-")));
  const copied = sourceFiles(/^(package\.json|(scripts|worker|tests)\/.*\.mjs)$/);
  for (const { path } of copied) {
    cpSync(join(repositoryRoot, path), join(checkout, path), { recursive: true });
  }
});
after(() => rmSync(checkout, { recursive: true }));

async function importAlone(path) {
  const program = `await import(${JSON.stringify(pathToFileURL(join(checkout, path)).href)})`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dirname(checkout) });
  return stdout;
}

test("package.json names the scripts that people start", () => {
  for (const name of ["setup", "start", "demo", "build", "check", "test", "bench"]) {
    assert.ok(entries.includes(`scripts/${name}.mjs`), name);
  }
});

for (const path of entries) {
  test(`${path} loads in a checkout without node_modules`, async () => {
    assert.equal(await importAlone(path), "");
  });
}

test("a script that needs a package at once would be caught", async () => {
  await assert.rejects(importAlone("worker/build.mjs"), /ERR_MODULE_NOT_FOUND/);
});
