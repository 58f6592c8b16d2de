// What must not stand in any file: paths of somebody's machine, unfinished business, and the
// addresses of a registry in the lock file.

// The brackets keep this file from being its own first finding.
const unfinished = /\b(?:TO[D]O|FIX[M]E)\b/;

const rules = [
  { files: /./, pattern: unfinished, fault: "leaves something unfinished" },
  {
    files: /./,
    pattern: /(?<![\w./:-])(?:\/(?:home|Users|root|work)\/[\w.-]+|[A-Z]:\\Users\\)/,
    fault: "names a path of somebody's machine",
  },
  {
    files: /package-lock\.json$/,
    pattern: /"resolved":\s*"https?:/,
    fault: "holds a registry's address; see .npmrc",
  },
];

/** hygieneFaults reports each line that breaks a rule, as sentences. */
export function hygieneFaults(files) {
  return files.flatMap(({ path, text }) => {
    const mine = rules.filter((rule) => rule.files.test(path));
    return text
      .split("\n")
      .flatMap((line, index) =>
        mine
          .filter((rule) => rule.pattern.test(line))
          .map((rule) => `${path}:${index + 1} ${rule.fault}`),
      );
  });
}
