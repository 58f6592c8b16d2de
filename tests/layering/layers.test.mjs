import assert from "node:assert/strict";
import { test } from "node:test";
import { coreFaults, importRuleFaults } from "../../scripts/layering.mjs";

const core = (path, text) => coreFaults([{ path, text }]);
const imports = (path, text) => importRuleFaults([{ path, text }]);

test("a folder includes its own layer's floor and itself", () => {
  assert.deepEqual(core("src/oauth/state.cpp", '#include "oauth/state.hpp"\n'), []);
  assert.deepEqual(
    core("src/oauth/state.cpp", '#include "crypto/hmac.hpp"\n#include <array>\n'),
    [],
  );
  assert.deepEqual(core("src/flows/connect.cpp", '#include "vault/record.hpp"\nco_await x;'), []);
});

test("the pure layer includes neither coroutines nor effects", () => {
  for (const folder of ["catalog", "oauth", "vault", "retry", "webhook"]) {
    assert.equal(core(`src/${folder}/a.cpp`, '#include "coro/task.hpp"\n').length, 1);
    assert.equal(core(`src/${folder}/a.cpp`, '#include "effects/host.hpp"\n').length, 1);
  }
});

test("an include against the direction of the layers is reported with both names", () => {
  assert.deepEqual(core("src/crypto/a.hpp", '#  include "encoding/hex.hpp"\n'), [
    'src/crypto/a.hpp includes "encoding/hex.hpp", but crypto may not include encoding',
  ]);
  assert.equal(core("src/base/a.hpp", '#include "../json/json.hpp"\n').length, 1);
  assert.equal(core("src/base/a.hpp", '#include "result.hpp"\n').length, 1);
});

test("a folder that the table does not name is reported", () => {
  assert.equal(core("src/common/a.hpp", "").length, 1);
});

test("only flows waits, only coro includes <coroutine>, only json includes nlohmann", () => {
  assert.equal(core("src/oauth/a.cpp", "auto b = co_await c();").length, 1);
  assert.deepEqual(
    core("src/coro/a.hpp", "// co_await gives the value\n#include <coroutine>\n"),
    [],
  );
  assert.equal(core("src/flows/a.hpp", "#include <coroutine>\n").length, 1);
  assert.deepEqual(core("src/json/a.cpp", "#include <nlohmann/json.hpp>\n"), []);
  assert.equal(core("src/vault/a.cpp", "#include <nlohmann/json.hpp>\n").length, 1);
});

test("the core exports nothing by itself and includes no heavy or hosted header", () => {
  assert.equal(core("src/flows/a.cpp", 'extern "C" void f();').length, 1);
  for (const header of ["iostream", "functional", "chrono", "random", "thread", "emscripten.h"]) {
    assert.equal(core("src/base/a.cpp", `#include <${header}>\n`).length, 1);
  }
  assert.deepEqual(core("src/base/a.cpp", "// #include <iostream>\n"), []);
});

test("the pure module includes nothing that parses JSON or suspends", () => {
  assert.equal(core("bindings/wasm/pure.cpp", '#include "json/json.hpp"\n').length, 1);
  assert.deepEqual(core("bindings/wasm/service.cpp", '#include "json/json.hpp"\n'), []);
  assert.deepEqual(core("bindings/wasm/pure.cpp", '#include "oauth/state.hpp"\n'), []);
});

test("the worker and the dashboard import the package by name only", () => {
  assert.deepEqual(imports("web/src/a.ts", 'import { loadTenon } from "tenon";'), []);
  assert.deepEqual(imports("worker/src/a.ts", 'import { b } from "./b.js";'), []);
  assert.equal(imports("web/src/a.ts", 'import { b } from "../../bindings/src/index";').length, 1);
  assert.equal(
    imports("worker/src/a.ts", 'const b = import("../../bindings/dist/b.js");').length,
    1,
  );
});

test("message, host and errors import one another only, and drive imports only them", () => {
  assert.deepEqual(imports("bindings/src/message.ts", 'import { a } from "./errors.js";'), []);
  assert.deepEqual(imports("bindings/src/drive.ts", 'import { a } from "./message.js";'), []);
  assert.equal(imports("bindings/src/message.ts", 'import { a } from "./drive.js";').length, 1);
  assert.equal(imports("bindings/src/drive.ts", 'import { a } from "./state.js";').length, 1);
  assert.equal(imports("bindings/src/state.ts", 'import { a } from "./index.js";').length, 1);
});

test("hosts import the host interfaces only", () => {
  const path = "bindings/hosts/cloudflare/storage.ts";
  assert.deepEqual(imports(path, 'import type { Storage } from "../../src/host.js";'), []);
  assert.deepEqual(imports(path, 'import { row } from "./row.js";'), []);
  assert.equal(imports(path, 'import { drive } from "../../src/drive.js";').length, 1);
});
