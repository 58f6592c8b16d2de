// Building with CMake: one folder below build/ for each preset.
import { existsSync } from "node:fs";
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

/** buildPreset configures a preset where that is still to be done, and builds one target of it. */
export async function buildPreset(preset, target) {
  const folder = join("build", preset);
  const env = environment(preset);
  await withBuildLock(async () => {
    if (!existsSync(join(repositoryRoot, folder, "build.ninja"))) {
      await mustRun("cmake", ["--preset", preset], { env });
    }
    const parallel = String(availableParallelism());
    await mustRun("cmake", ["--build", folder, "--parallel", parallel, "--target", target], {
      env,
    });
  });
}
