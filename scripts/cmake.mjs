// Building with CMake: one folder below build/ for each preset.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { withBuildLock } from "./build-lock.mjs";
import { mustRun, repositoryRoot } from "./run.mjs";

// emcc runs JavaScript that needs acorn. Debian keeps it where only Debian's own node looks.
const debianModules = "/usr/share/nodejs";

function environment(preset) {
  const inherited = process.env.NODE_PATH;
  if (preset !== "wasm" || !existsSync(debianModules)) return {};
  return { NODE_PATH: inherited ? `${inherited}:${debianModules}` : debianModules };
}

// A folder keeps a copy of the presets it was made from. Their times would not do: Ninja runs CMake
// again for new sources, with the flags it had before.
const presetsOf = (folder) => join(repositoryRoot, folder, "configured-from.json");
const readPresets = () => readFileSync(join(repositoryRoot, "CMakePresets.json"), "utf8");

/** isConfigured says whether a preset's folder was made from the presets as they are now. */
function isConfigured(folder) {
  if (!existsSync(join(repositoryRoot, folder, "build.ninja"))) return false;
  const copy = presetsOf(folder);
  return existsSync(copy) && readFileSync(copy, "utf8") === readPresets();
}

// A folder that came along with a copied tree still points at the old one, and would build there.
function dropForeign(folder) {
  const cache = join(repositoryRoot, folder, "CMakeCache.txt");
  if (!existsSync(cache)) return;
  const home = `CMAKE_HOME_DIRECTORY:INTERNAL=${repositoryRoot}\n`;
  if (readFileSync(cache, "utf8").includes(home)) return;
  rmSync(join(repositoryRoot, folder), { recursive: true, force: true });
}

/** buildPreset configures a preset where that is still to be done, and builds one target of it. */
export async function buildPreset(preset, target) {
  const folder = join("build", preset);
  const env = environment(preset);
  await withBuildLock(async () => {
    dropForeign(folder);
    if (!isConfigured(folder)) {
      await mustRun("cmake", ["--preset", preset], { env });
      writeFileSync(presetsOf(folder), readPresets());
    }
    const parallel = String(availableParallelism());
    await mustRun("cmake", ["--build", folder, "--parallel", parallel, "--target", target], {
      env,
    });
  });
}
