// Documents say what the code does. What can drift is compared here: names, numbers, tables, the
// examples, and the tests that requirements.md names.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** findAll gives the first group of every match. */
function findAll(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([whole, group]) => group ?? whole);
}

/** section gives what stands below a heading, up to the next one of the same or a higher level. */
function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const start = text.indexOf(`\n${heading}\n`);
  expect(start, heading).toBeGreaterThanOrEqual(0);
  const below = text.slice(start + heading.length + 1);
  const end = below.search(new RegExp(`\n#{1,${level}} `));
  return end < 0 ? below : below.slice(0, end);
}

/** rowsOf gives the cells of every table row that begins with a cell of this shape. */
function rowsOf(text: string, first: RegExp): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  const rows = lines.map((line) =>
    line
      .slice(2, -2)
      .split(/(?<!\\) \| /)
      .map((cell) => cell.trim()),
  );
  return rows.filter(([cell]) => first.test(cell ?? ""));
}

/** pathsBelow gives the files of a folder by their path from the root. */
function pathsBelow(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

const decisions = pathsBelow("docs/decisions");
const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...pathsBelow("docs")];
const pages = documents.filter((path) => path.endsWith(".md"));

describe("README.md", () => {
  const readme = read("README.md");
  const blocks = findAll(readme, /```ts\n([\s\S]*?)\n```/g);
  const marked = (path: string) =>
    /\/\/ #region readme\n([\s\S]*?)\n\/\/ #endregion/.exec(read(path))?.[1];

  it("shows the tested examples, character by character", () => {
    const examples = ["worker", "browser"].map((name) => `tests/package/examples/${name}.ts`);
    expect(blocks).toEqual(examples.map(marked));
  });

  it("names no command that is not there", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const words = findAll(readme, /(?:`|^)npm (?:run )?([a-z]+)/gm);
    expect(words).toContain("start");
    for (const word of words) expect(Object.keys(scripts)).toContain(word);
  });

  it("leaves a marked place for the table that npm run bench prints", () => {
    const table = /<!-- bench:start -->\n([\s\S]*?)\n<!-- bench:end -->/.exec(readme)?.[1] ?? "";
    const [head = ""] = table.split("\n").filter((line) => line.startsWith("|"));
    expect(head.split("|").map((cell) => cell.trim())).toEqual([
      "",
      "row",
      "job",
      "engine",
      "tenon",
      "peer",
      "peer's",
      "ratio",
      "goal",
      "",
      "",
    ]);
  });
});

describe("links", () => {
  it.each(pages)("of %s lead to files and headings that are there", (page) => {
    for (const target of findAll(read(page), /\]\(([^)\s]+)\)/g)) {
      if (/^https:/.test(target)) continue;
      const [path = "", heading] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      expect(existsSync(join(root, file)), `${target} in ${page}`).toBe(true);
      if (heading === undefined) continue;
      const headings = findAll(read(file), /^#+ (.*)$/gm);
      const anchors = headings.map((text) =>
        text
          .toLowerCase()
          .replace(/[^\w\s-]/g, "")
          .replaceAll(" ", "-"),
      );
      expect(anchors, `${target} in ${page}`).toContain(heading);
    }
  });
});

describe("docs/abi.md", () => {
  const abi = read("docs/abi.md");
  const listed = (name: string) =>
    read(`bindings/wasm/exports-${name}.txt`)
      .split("\n")
      .filter((line) => /^[a-z_]/.test(line));
  const described = (heading: string) =>
    rowsOf(section(abi, heading), /^`tenon_/).map(([name]) => (name ?? "").replaceAll("`", ""));

  it("describes exactly the exports of the pure module, each once", () => {
    expect(described("## The pure calls").sort()).toEqual(listed("pure").sort());
  });

  it("describes exactly what the service module adds, each once", () => {
    const added = listed("service").filter((name) => !listed("pure").includes(name));
    expect(described("## The service's calls").sort()).toEqual(added.sort());
  });

  it("speaks of no export that is not there", () => {
    for (const name of findAll(abi, /tenon_[a-z0-9_]+/g)) expect(listed("service")).toContain(name);
  });

  it("has the version of the module and of the package", () => {
    const [version] = findAll(abi, /^# The wasm border, version (\d+)$/gm);
    expect(read("bindings/wasm/pure_memory.cpp")).toContain(`abi_version = ${version};`);
    expect(read("bindings/src/abi.ts")).toContain(`abiVersion = ${version};`);
  });

  it("numbers the messages as the core does", () => {
    const source = /enum class message_kind[^{]*{([^}]*)}/.exec(
      read("bindings/wasm/service_message.hpp"),
    )?.[1];
    const wanted = [...(source ?? "").matchAll(/(\w+) = (\d+)/g)].map(([, name, n]) => [n, name]);
    const rows = rowsOf(section(abi, "## Messages"), /^\d+$/);
    expect(rows.map(([number, name]) => [number, name])).toEqual(wanted);
  });

  it("numbers the flows as the core does", () => {
    const source = /enum class flow_kind[^{]*{([^}]*)}/.exec(read("src/flows/flow.hpp"))?.[1];
    const names = findAll(source ?? "", /\b([a-z_]+)\b/g);
    const rows = rowsOf(section(abi, "## Flows"), /^\d+$/);
    expect(rows.map(([number, name]) => [number, name])).toEqual(
      names.map((name, at) => [String(at + 1), name]),
    );
  });

  it("names every member of a connection and every event", () => {
    const flows = section(abi, "## Flows");
    const shape = /std::string public_connection[\s\S]*?\n}/.exec(
      read("src/vault/connection_record.cpp"),
    )?.[0];
    for (const name of findAll(shape ?? "", /(?:member\w*|key|write_texts)\((?:json, )?"(\w+)"/g)) {
      expect(flows).toContain(`\`${name}\``);
    }
    const sources = pathsBelow("src/flows").map(read).join("\n");
    const events = new Set(findAll(sources, /"((?:oauth|integration|circuit|key)\.[a-z_]+)"/g));
    expect(events.size).toBeGreaterThan(5);
    for (const event of events) expect(flows).toContain(`\`${event}\``);
  });

  it("names everything that a flow reads of its input", () => {
    const flows = section(abi, "## Flows");
    const sources = pathsBelow("src/flows").map(read).join("\n");
    const names = findAll(sources, /\binput\.(?:\w+)\("(\w+)"/g);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(flows, name).toContain(name);
  });
});

describe("docs/storage-schema.md", () => {
  const schema = read("docs/storage-schema.md");
  const records = section(schema, "## Records");
  // What callers see is not what is stored; it stands at the end of its file.
  const writtenBy = (path: string) => {
    const [stored = ""] = read(path).split("std::string public_connection");
    return findAll(stored, /(?:TENON_FIELD|member\w*|key)\("(\w+)"/g);
  };

  const written: [string, string][] = [
    ["src/vault/pending_record.cpp", "pending/<nonce>"],
    ["src/vault/connection_record.cpp", "connection/…"],
    ["src/retry/destination_record.cpp", "destination/<organization>/<host>"],
    ["src/vault/health_record.cpp", "health/<connection id>"],
    ["src/vault/audit_chain.cpp", "event/<time>/<id>`, `audit/<number>` and `audit-head"],
    ["src/flows/revocation.cpp", "due/<time>/revoke/<connection id>.<generation>"],
  ];

  it.each(written)("names every member that %s writes", (path, title) => {
    const described = section(records, `### \`${title}\`, version 1`);
    const members = writtenBy(path);
    expect(members.length).toBeGreaterThan(5);
    for (const member of members) expect(described, member).toContain(`\`${member}\``);
  });

  it("has the versions that the code writes", () => {
    for (const [path] of written) {
      expect(read(path)).toMatch(/record_version\(1\),|stored_version = 1;|member\("v", 1\);/);
    }
    expect(read("src/vault/sealed_text.cpp")).toContain('version_prefix = "t1.";');
    expect(read("src/vault/sealed_text.cpp")).toContain('"tenon.seal.v1"');
  });

  it("lists every kind of key", () => {
    const prefixes = findAll(read("src/vault/storage_keys.cpp"), /joined\("(\w+)"/g);
    for (const prefix of [...new Set(prefixes), "due", "event", "audit", "session"]) {
      expect(rowsOf(section(schema, "## Keys"), new RegExp(`^\`${prefix}/`))).toHaveLength(1);
    }
  });
});

describe("docs/errors.md", () => {
  const table = read("src/base/error.cpp");
  const errors = read("docs/errors.md");
  const statuses = new Map(
    [...read("worker/src/errors.ts").matchAll(/^ {2}([A-Z_]+): (\d+),$/gm)].map(
      ([, name, status]) => [name, status],
    ),
  );

  it("has every code with its number, kind, sentence and status", () => {
    const rows = table.matchAll(/\{"([A-Z_]+)",\s*error_kind::(\w+),\s*"([^"]*)"\}/g);
    const wanted = [...rows].map(([, name = "", kind, sentence], at) => {
      return [String(at + 1), `\`${name}\``, kind, sentence, statuses.get(name)];
    });
    expect(wanted.length).toBeGreaterThan(20);
    expect(rowsOf(section(errors, "## Codes"), /^\d+$/)).toEqual(wanted);
  });

  it("has every reason with its number", () => {
    const reasons = findAll(table, /^ {4}"([a-z0-9_]+)",$/gm);
    const rows = rowsOf(section(errors, "## Reasons"), /^\d+$/);
    expect(rows.map(([number, name]) => [number, name])).toEqual(
      reasons.map((name, at) => [String(at + 1), `\`${name}\``]),
    );
    for (const [, name, meaning] of rows) expect(meaning, name).toMatch(/\w/);
  });

  it("has every reason of the worker's own", () => {
    const sources = pathsBelow("worker/src").map(read).join("\n");
    const own = findAll(sources, /(?:unauthorized|forbidden|invalidState)\([^")]*"([a-z_]+)"/g);
    expect(own.length).toBeGreaterThan(5);
    for (const reason of own) expect(errors).toContain(`\`${reason}\``);
  });
});

describe("docs/api.md", () => {
  const api = read("docs/api.md");

  it("lists exactly the routes of the worker", () => {
    const source = read("worker/src/route-table.ts");
    const routes = [...source.matchAll(/method: "([A-Z]+)", path: "([^"]+)"/g)];
    const wanted = routes.map(([, method, path]) => `\`${method} ${path}\``);
    expect(rowsOf(section(api, "### Routes"), /^`[A-Z]+ \//).map(([name]) => name)).toEqual(wanted);
  });

  it("lists exactly the settings of the worker", () => {
    const wanted = findAll(read("worker/src/env.ts"), /(TENON_[A-Z_]+)\?: string/g);
    const rows = rowsOf(section(api, "### Settings"), /^`TENON_/);
    expect(rows.map(([name]) => (name ?? "").replaceAll("`", "")).sort()).toEqual(wanted.sort());
  });

  it("lists every method of the service", () => {
    const source = /export interface Integrations {([\s\S]*?)\n}/.exec(
      read("bindings/src/types.ts"),
    )?.[1];
    const methods = findAll(source ?? "", /^ {2}(\w+)\(/gm);
    expect(methods.length).toBeGreaterThan(8);
    for (const method of methods) expect(section(api, "## TypeScript")).toContain(`\`${method}(`);
  });
});

describe("docs/requirements.md", () => {
  const text = read("docs/requirements.md");
  const rows = rowsOf(section(text, "## All rules"), /^R\d+$/);
  const tests = pathsBelow("tests").filter(
    (path) => /\.(cpp|ts|mjs)$/.test(path) && !path.endsWith("docs.test.ts"),
  );
  // C++ cuts long titles in two; tags stand before or behind a title.
  const plain = (source: string) =>
    source
      .replace(/"\s*\n\s*"/g, "")
      .replace(/ \[[RP]\d+\]/g, "")
      .replace(/\[[RP]\d+\] ?/g, "");
  const titled = (source: string, title: string) =>
    ['"', "`", "'"].some((quote) => source.includes(quote + title + quote));

  it("has every rule once, in order, with a known severity and state", () => {
    expect(rows.map(([rule]) => rule)).toEqual(rows.map((_row, at) => `R${at + 1}`));
    expect(rows).toHaveLength(120);
    for (const [rule, severity, words, state, proof] of rows) {
      expect(severity, rule).toMatch(/^[CHML-]$/);
      expect(state, rule).toMatch(/^(proved|partly|open|later)$/);
      expect(words && proof, rule).toMatch(/\w/);
    }
  });

  it("names only tests that exist, and at least one for each rule that is proved", () => {
    for (const [rule = "", , , state, proof = ""] of rows) {
      let source = "";
      let named = 0;
      for (const [, file, title = ""] of proof.matchAll(/`(\w+\/[\w./-]+)`|"([^"]+)"/g)) {
        if (file) {
          expect(tests, `${rule}: ${file}`).toContain(`tests/${file}`);
          source = plain(read(`tests/${file}`));
        } else {
          expect(titled(source, title), `${rule}: "${title}"`).toBe(true);
          named += 1;
        }
      }
      if (state === "proved" || state === "partly") expect(named, rule).toBeGreaterThan(0);
    }
  });

  it("names every test file that tags a rule, in the row of that rule", () => {
    const proofs = new Map(rows.map(([rule, , , , proof = ""]) => [rule, proof]));
    for (const path of tests) {
      for (const rule of new Set(findAll(read(path), /\[(R\d+)\]/g))) {
        expect(proofs.get(rule), `${rule} is tagged in ${path}`).toContain(`\`${path.slice(6)}\``);
      }
    }
  });

  it("lists at its top exactly the grave rules that are not wholly proved", () => {
    const unproved = rows.filter(
      ([, severity = "", , state = ""]) => /[CH]/.test(severity) && /partly|open/.test(state),
    );
    const listed = findAll(section(text, "## Open in this release"), /^- \*\*(R\d+)\*\*/gm);
    const byNumber = (a: string, b: string) => Number(a.slice(1)) - Number(b.slice(1));
    expect(listed.sort(byNumber)).toEqual(unproved.map(([rule]) => rule));
  });
});

describe("docs/decisions", () => {
  it("are numbered without a gap and say context, decision, evidence and consequences", () => {
    const names = decisions.map((path) => path.slice("docs/decisions/".length)).sort();
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_n, at) => at + 1));
    for (const path of decisions) {
      const headings = findAll(read(path), /^## (.*)$/gm);
      expect(headings, path).toEqual(["Context", "Decision", "Evidence", "Consequences"]);
    }
  });

  it("name only files that exist", () => {
    for (const path of decisions) {
      for (const file of findAll(
        read(path),
        /`((?:src|bindings|worker|tests|scripts)\/[^`*]+)`/g,
      )) {
        expect(existsSync(join(root, file)), `${file} in ${path}`).toBe(true);
      }
    }
  });
});
