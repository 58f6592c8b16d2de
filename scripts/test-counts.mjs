// Reading how many test cases passed and failed from the reports of the test programs in use.
import { stripVTControlCharacters } from "node:util";

function numberIn(text, pattern) {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** catchCounts reads the last lines of Catch2's console report, of version 2 or 3. */
export function catchCounts(output) {
  const text = stripVTControlCharacters(output);
  const allPassed = /All tests passed \(.* in (\d+) test cases?\)/.exec(text);
  if (allPassed) return { passed: Number(allPassed[1]), failed: 0 };
  const summary = /^test cases:.*$/m.exec(text)?.[0] ?? "";
  return {
    passed: numberIn(summary, /(\d+) passed/),
    failed: numberIn(summary, /(\d+) failed(?! as expected)/),
  };
}

/** tapCounts reads the summary of node --test. */
export function tapCounts(output) {
  return {
    passed: numberIn(output, /^# pass (\d+)$/m),
    failed: numberIn(output, /^# fail (\d+)$/m),
  };
}

/** vitestCounts reads vitest's JSON report; a file that could not run counts as one failure. */
export function vitestCounts(report) {
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(report);
  const broken = testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((row) => row.status === "failed"),
  );
  return { passed, failed: numFailedTests + broken.length };
}

/** vitestFailures gives a line for each test that failed, to be said again at the end of a run. */
export function vitestFailures(report) {
  const lines = [];
  for (const file of JSON.parse(report).testResults) {
    const failed = file.assertionResults.filter((row) => row.status === "failed");
    const reasons = failed.map((row) => [row.fullName, row.failureMessages?.[0]]);
    if (file.status === "failed" && failed.length === 0) reasons.push([file.name, file.message]);
    for (const [title, reason = ""] of reasons) lines.push(`${title}: ${reason.split("\n", 1)[0]}`);
  }
  return lines.map(stripVTControlCharacters);
}
