// Building with CMake: one folder below build/ for each preset.
import { existsSync, statSync } from "node:fs";
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

/** isConfigured says whether a preset's folder was made from the presets as they are now. */
function isConfigured(folder) {
  const made = join(repositoryRoot, folder, "build.ninja");
  const presets = join(repositoryRoot, "CMakePresets.json");
  return existsSync(made) && statSync(made).mtimeMs >= statSync(presets).mtimeMs;
}

/** buildPreset configures a preset where that is still to be done, and builds one target of it. */
export async function buildPreset(preset, target) {
  const folder = join("build", preset);
  const env = environment(preset);
  await withBuildLock(async () => {
    if (!isConfigured(folder)) {
      await mustRun("cmake", ["--preset", preset], { env });
    }
    const parallel = String(availableParallelism());
    await mustRun("cmake", ["--build", folder, "--parallel", parallel, "--target", target], {
      env,
    });
  });
}
