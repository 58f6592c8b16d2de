// The Catch2 tests of the core: natively with sanitizers, and as wasm under Node.
import { join } from "node:path";
import { buildPreset } from "./cmake.mjs";
import { run } from "./run.mjs";
import { catchCounts } from "./test-counts.mjs";

const sanitizerOptions = {
  ASAN_OPTIONS: "detect_stack_use_after_return=1:strict_string_checks=1",
  UBSAN_OPTIONS: "print_stacktrace=1",
};

async function runCatch(command, args) {
  const { code, output } = await run(command, args, { env: sanitizerOptions });
  const counts = catchCounts(output);
  const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
  return { ...counts, failed, output };
}

/** runNativeTests builds and runs them with ASan and UBSan; a crash counts as one failure. */
export async function runNativeTests() {
  await buildPreset("native", "tenon_unit");
  return runCatch(join("build", "native", "tenon_unit"), []);
}

/** runWasmTests builds the same tests with Emscripten and runs them in this Node. */
export async function runWasmTests() {
  await buildPreset("wasm", "tenon_unit");
  return runCatch(process.execPath, [join("build", "wasm", "tenon_unit.js")]);
}
