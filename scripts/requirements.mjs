// What the repository needs from the machine. Each row tells how to see that it is there and what
// its package is called; setup.mjs does the rest.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "./run.mjs";

const headerRoots = ["/usr/include", "/usr/local/include", "/opt/homebrew/include"];
const chromiumPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** atLeast compares two version numbers such as "3.1.6" part by part. */
export function atLeast(version, minimum) {
  const [have, want] = [version, minimum].map((text) => text.split(".").map(Number));
  for (let part = 0; part < want.length; part += 1) {
    if ((have[part] ?? 0) !== want[part]) return (have[part] ?? 0) > want[part];
  }
  return true;
}

async function programVersion(program, minimum) {
  const { code, output } = await run(program, ["--version"]);
  const version = /(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
  return code === 0 && version && atLeast(version, minimum) ? version : null;
}

/** headerVersion reads `<PREFIX>_MAJOR 3` and the like from the first of the headers that exists. */
function headerVersion(paths, prefix, minimum) {
  for (const path of paths.flatMap((name) => headerRoots.map((root) => join(root, name)))) {
    if (!existsSync(path)) continue;
    const text = readFileSync(path, "utf8");
    const parts = ["MAJOR", "MINOR", "PATCH"].map(
      (part) => new RegExp(`define ${prefix}_${part} (\\d+)`).exec(text)?.[1] ?? "0",
    );
    if (atLeast(parts.join("."), minimum)) return parts.join(".");
  }
  return null;
}

/** sanitizerRuntime links an empty program, because where the runtime lies differs by release. */
async function sanitizerRuntime() {
  const folder = mkdtempSync(join(tmpdir(), "tenon-setup-"));
  const source = join(folder, "empty.cpp");
  writeFileSync(source, "int main() {}\n");
  const flags = ["-fsanitize=address,undefined", source, "-o", join(folder, "empty")];
  const { code } = await run("clang++", flags);
  rmSync(folder, { recursive: true });
  return code === 0 ? "found" : null;
}

function onPath(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/**
 * chromiumPath gives the browser that the tests drive: the CHROMIUM variable, else a usual place,
 * else undefined.
 */
export function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return chromiumPaths.find(existsSync) ?? onPath(["chromium", "google-chrome"]);
}

/** requirements: find() resolves to what was found, as a short text, or to null. */
export const requirements = [
  {
    name: "Emscripten",
    wanted: "3.1.6 or newer",
    find: () => programVersion("em++", "3.1.6"),
    debian: "emscripten",
    homebrew: "emscripten",
  },
  {
    name: "CMake",
    wanted: "3.22 or newer",
    find: () => programVersion("cmake", "3.22"),
    debian: "cmake",
    homebrew: "cmake",
  },
  {
    name: "Ninja",
    wanted: "any",
    find: () => programVersion("ninja", "1.8"),
    debian: "ninja-build",
    homebrew: "ninja",
  },
  {
    name: "clang++",
    wanted: "14 or newer",
    find: () => programVersion("clang++", "14"),
    debian: "clang",
    homebrew: "llvm",
  },
  {
    name: "ASan and UBSan",
    wanted: "the runtime of this clang++",
    find: sanitizerRuntime,
    debian: "libclang-rt-dev",
    homebrew: "llvm",
  },
  {
    name: "clang-format",
    wanted: "14 or newer",
    find: () => programVersion("clang-format", "14"),
    debian: "clang-format",
    homebrew: "clang-format",
  },
  {
    name: "nlohmann/json",
    wanted: "3.11 or newer",
    find: async () =>
      headerVersion(
        ["nlohmann/detail/abi_macros.hpp", "nlohmann/json.hpp"],
        "NLOHMANN_JSON_VERSION",
        "3.11",
      ),
    debian: "nlohmann-json3-dev",
    homebrew: "nlohmann-json",
  },
  {
    name: "Catch2",
    wanted: "2.13 or 3",
    find: async () =>
      headerVersion(
        ["catch2/catch.hpp", "catch2/catch_version_macros.hpp"],
        "CATCH_VERSION",
        "2.13",
      ),
    debian: "catch2",
    homebrew: "catch2",
  },
  {
    name: "Chromium",
    wanted: "a path in CHROMIUM, or installed",
    find: async () => {
      const path = chromiumPath();
      return path && existsSync(path) ? path : null;
    },
    debian: "chromium",
    homebrew: "--cask chromium",
  },
];
