import assert from "node:assert/strict";
import { test } from "node:test";
import { hygieneFaults } from "../../scripts/hygiene.mjs";
import { atLeast } from "../../scripts/requirements.mjs";
import { fileLengthFaults } from "../../scripts/size-rules.mjs";
import {
  catchCounts,
  tapCounts,
  vitestCounts,
  vitestFailures,
} from "../../scripts/test-counts.mjs";

const linesOf = (count) => "a\n".repeat(count);

test("a file of 400 lines passes and one of 401 is reported; tests may have 600", () => {
  assert.deepEqual(fileLengthFaults([{ path: "src/a.cpp", text: linesOf(400) }]), []);
  assert.equal(fileLengthFaults([{ path: "src/a.cpp", text: linesOf(401) }]).length, 1);
  assert.deepEqual(fileLengthFaults([{ path: "tests/a.cpp", text: linesOf(600) }]), []);
  assert.equal(fileLengthFaults([{ path: "tests/a.cpp", text: linesOf(601) }]).length, 1);
});

test("machine paths, unfinished business and registry addresses are reported with their line", () => {
  const faults = (path, text) => hygieneFaults([{ path, text }]);
  assert.deepEqual(faults("a.ts", 'const a = "https://host.test/home/user";\n'), []);
  assert.deepEqual(faults("a.ts", `\nconst a = "/${"home"}/someone/a";`), [
    "a.ts:2 names a path of somebody's machine",
  ]);
  assert.equal(faults("a.hpp", `// TO${"DO"}: later`).length, 1);
  const resolved = '"resolved": "https://registry.test/a.tgz"';
  assert.equal(faults("package-lock.json", resolved).length, 1);
});

test("versions are compared part by part", () => {
  assert.ok(atLeast("3.1.6", "3.1.6"));
  assert.ok(atLeast("4.0", "3.1.6"));
  assert.ok(atLeast("3.10", "3.9"));
  assert.ok(!atLeast("3.1.5", "3.1.6"));
  assert.ok(!atLeast("2.12.9", "2.13"));
});

test("Catch2's report is read when all pass, when some fail and when nothing ran", () => {
  const passed = "All tests passed (40 assertions in 7 test cases)\n";
  const mixed =
    "test cases: 3 | \u001b[32m2 passed\u001b[0m | 1 failed\nassertions: 9 | 8 passed\n";
  assert.deepEqual(catchCounts(passed), { passed: 7, failed: 0 });
  assert.deepEqual(catchCounts(mixed), { passed: 2, failed: 1 });
  assert.deepEqual(catchCounts("test cases: 2 | 1 passed | 1 failed as expected\n"), {
    passed: 1,
    failed: 0,
  });
  assert.deepEqual(catchCounts("No tests ran\n"), { passed: 0, failed: 0 });
});

test("a vitest file that could not be loaded counts as a failure", () => {
  const report = {
    numPassedTests: 4,
    numFailedTests: 1,
    testResults: [
      { status: "failed", assertionResults: [{ status: "failed" }] },
      { status: "failed", assertionResults: [] },
      { status: "passed", assertionResults: [{ status: "passed" }] },
    ],
  };
  assert.deepEqual(vitestCounts(JSON.stringify(report)), { passed: 4, failed: 2 });
});

test("each failed vitest case is told with its reason, and a file that could not be loaded too", () => {
  const failed = {
    status: "failed",
    fullName: "a token is fresh",
    failureMessages: ["late\n at x"],
  };
  const report = {
    testResults: [
      { status: "failed", assertionResults: [failed, { status: "passed" }] },
      { status: "failed", name: "b.test.ts", message: "no such file", assertionResults: [] },
    ],
  };
  assert.deepEqual(vitestFailures(JSON.stringify(report)), [
    "a token is fresh: late",
    "b.test.ts: no such file",
  ]);
});

test("node's own report is read", () => {
  assert.deepEqual(tapCounts("# tests 5\n# pass 4\n# fail 1\n"), { passed: 4, failed: 1 });
});
