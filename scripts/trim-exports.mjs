// Usage: node trim-exports.mjs module.wasm list.txt
//
// Rewrites a module's export section to the names of the list plus "memory" and "_initialize".
// Emscripten always adds some for its JavaScript glue, and which ones depends on its version;
// the shipped modules have no glue, and their exports are a reviewed list.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const headerBytes = 8;
const exportSection = 7;

/** readExportList reads one C name a line; "#" starts a comment. */
export function readExportList(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
}

function readUnsigned(bytes, at) {
  let value = 0;
  for (let shift = 0, index = at; ; shift += 7, index += 1) {
    value += (bytes[index] & 0x7f) * 2 ** shift;
    if (bytes[index] < 0x80) return { value, next: index + 1 };
  }
}

function encodeUnsigned(value) {
  const out = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 0x80);
  }
}

function* sections(bytes) {
  for (let at = headerBytes; at < bytes.length; ) {
    const size = readUnsigned(bytes, at + 1);
    const end = size.next + size.value;
    yield { id: bytes[at], start: at, body: size.next, end };
    at = end;
  }
}

function keptEntries(bytes, body, keep) {
  const count = readUnsigned(bytes, body);
  const kept = [];
  let at = count.next;
  for (let entry = 0; entry < count.value; entry += 1) {
    const length = readUnsigned(bytes, at);
    const nameEnd = length.next + length.value;
    const end = readUnsigned(bytes, nameEnd + 1).next;
    const name = bytes.toString("utf8", length.next, nameEnd);
    if (keep.has(name)) kept.push({ name, entry: bytes.subarray(at, end) });
    at = end;
  }
  return kept;
}

/** trimExports returns the module with only the kept exports; it throws when one is missing. */
export function trimExports(bytes, names) {
  const keep = new Set([...names, "memory", "_initialize"]);
  const section = [...sections(bytes)].find(({ id }) => id === exportSection);
  if (!section) throw new Error("the module has no export section");
  const kept = keptEntries(bytes, section.body, keep);
  const found = new Set(kept.map(({ name }) => name));
  const missing = [...keep].filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`not defined in the module: ${missing.join(", ")}`);
  const content = Buffer.concat([
    Buffer.from(encodeUnsigned(kept.length)),
    ...kept.map(({ entry }) => entry),
  ]);
  return Buffer.concat([
    bytes.subarray(0, section.start),
    Buffer.from([exportSection, ...encodeUnsigned(content.length)]),
    content,
    bytes.subarray(section.end),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [modulePath, listPath] = process.argv.slice(2);
  writeFileSync(modulePath, trimExports(readFileSync(modulePath), readExportList(listPath)));
}
