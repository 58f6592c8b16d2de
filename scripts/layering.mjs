// The layering rules of the repository as data, and the functions that find what breaks them.
// Each function takes files as { path, text } and returns sentences, none when all is well.
import { posix } from "node:path";
import ts from "typescript";
import { onlyCode, withoutComments } from "./cpp-text.mjs";

const pure = ["base", "encoding", "crypto", "json", "catalog"];

/** mayInclude: for each folder of src, the other folders that its files may include. */
export const mayInclude = {
  base: [],
  encoding: ["base"],
  crypto: ["base"],
  coro: ["base"],
  json: ["base"],
  effects: ["base", "coro"],
  catalog: pure,
  oauth: pure,
  vault: pure,
  retry: pure,
  webhook: pure,
  flows: [...pure, "coro", "effects", "oauth", "vault", "retry", "webhook"],
};

// Streams, std::function and regex cost more bytes than the core; the others need a host.
const forbiddenHeaders = new Set([
  ...["iostream", "fstream", "sstream", "ostream", "istream", "functional", "regex"],
  ...[
    "chrono",
    "random",
    "thread",
    "mutex",
    "filesystem",
    "emscripten.h",
    "emscripten/emscripten.h",
  ],
]);

// Headers that only one folder may include, and words that only one folder may write.
const headerHomes = [
  { header: /^coroutine$/, home: "coro" },
  { header: /^nlohmann\//, home: "json" },
];
const wordHomes = [
  { word: /\bco_await\b/, home: "flows" },
  { word: /extern "C"/, home: "bindings/wasm" },
];

// tenon.wasm is the small module: nothing that parses JSON, suspends or asks a host.
const notInPureModule = new Set(["json", "coro", "effects", "flows"]);

function includesOf(text) {
  const matches = withoutComments(text).matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm);
  return [...matches].map(([, mark, name]) => ({ name, own: mark === '"' }));
}

function systemFaults(folder, name) {
  if (forbiddenHeaders.has(name)) return [`includes <${name}>, which the core does without`];
  return headerHomes
    .filter(({ header, home }) => header.test(name) && home !== folder)
    .map(({ home }) => `includes <${name}>, which only src/${home} may`);
}

function ownFaults(folder, name) {
  const target = name.split("/")[0];
  if (!(target in mayInclude)) return [`includes "${name}", which is no path below src/`];
  if (target === folder || mayInclude[folder].includes(target)) return [];
  return [`includes "${name}", but ${folder} may not include ${target}`];
}

function coreFileFaults({ path, text }) {
  const folder = path.split("/")[1];
  if (!(folder in mayInclude))
    return [`lies in src/${folder}, which the layer table does not name`];
  const words = wordHomes.filter(({ word, home }) => {
    const code = home === "flows" ? onlyCode(text) : withoutComments(text);
    return home !== folder && word.test(code);
  });
  return [
    ...includesOf(text).flatMap(({ name, own }) =>
      own ? ownFaults(folder, name) : systemFaults(folder, name),
    ),
    ...words.map(
      ({ word, home }) => `contains ${word.source.replaceAll("\\b", "")}, as only ${home} may`,
    ),
  ];
}

function pureModuleFaults({ path, text }) {
  if (!/^bindings\/wasm\/(pure|runtime)[^/]*$/.test(path)) return [];
  return includesOf(text)
    .filter(({ name, own }) => own && notInPureModule.has(name.split("/")[0]))
    .map(({ name }) => `includes "${name}", which the pure module does without`);
}

/** coreFaults checks the C++ files of src and bindings/wasm. */
export function coreFaults(files) {
  return files.flatMap((file) => {
    const faults = file.path.startsWith("src/") ? coreFileFaults(file) : pureModuleFaults(file);
    return faults.map((fault) => `${file.path} ${fault}`);
  });
}

// Below "drive" lie the modules that know nothing of flows; they may import one another.
const bindingsFloor = [
  "message",
  "host",
  "errors",
  "core",
  "abi",
  "random-pool",
  "quietly",
  "patience",
];

function importsOf({ path, text }) {
  const names = ts.preProcessFile(text, true, true).importedFiles.map((row) => row.fileName);
  return names.map((name) => {
    const own = name.startsWith(".");
    const target = own
      ? posix.join(posix.dirname(path), name).replace(/\.[cm]?[jt]sx?$/, "")
      : name;
    return { name, own, target };
  });
}

function bindingsSourceFaults(path, { name, target }) {
  const module = path.replace(/^bindings\/src\/|\.[cm]?tsx?$/g, "");
  const wanted = target.replace(/^bindings\/src\//, "");
  const isFloor = bindingsFloor.includes(module);
  if (!isFloor && module !== "drive") return wanted === "index" ? [`imports the index`] : [];
  return bindingsFloor.includes(wanted)
    ? []
    : [`imports "${name}"; ${module} may import only ${bindingsFloor.join(", ")}`];
}

function hostFaults(path, { name, target }) {
  const folder = path.split("/").slice(0, 3).join("/");
  const allowed = ["bindings/src/host", "bindings/src/errors", "bindings/hosts/"];
  const inside = target.startsWith(`${folder.replace(/\.[cm]?tsx?$/, "")}/`);
  if (inside || allowed.some((prefix) => target.startsWith(prefix))) return [];
  return [`imports "${name}"; hosts import the host interfaces only`];
}

function importFaults(path, imported) {
  const part = path.split("/")[0];
  if (!imported.own) return [];
  if (!imported.target.startsWith(`${part}/`)) {
    return [`imports "${imported.name}", outside ${part}/; import a package by its name`];
  }
  if (path.startsWith("bindings/src/")) return bindingsSourceFaults(path, imported);
  if (path.startsWith("bindings/hosts/")) return hostFaults(path, imported);
  return [];
}

/** importRuleFaults checks the TypeScript of bindings, worker and web. */
export function importRuleFaults(files) {
  return files.flatMap((file) =>
    importsOf(file)
      .flatMap((imported) => importFaults(file.path, imported))
      .map((fault) => `${file.path} ${fault}`),
  );
}
