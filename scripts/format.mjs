// npm run format: formats the C++ and the TypeScript, and applies the linter's safe fixes.
import { join } from "node:path";
import { isMain, mustRun, repositoryRoot, runMain } from "./run.mjs";
import { setup } from "./setup.mjs";
import { cppFiles, sourceFiles } from "./source-files.mjs";

async function main() {
  await setup();
  await mustRun("clang-format", ["-i", ...sourceFiles(cppFiles).map(({ path }) => path)]);
  const biome = join(repositoryRoot, "node_modules", ".bin", "biome");
  await mustRun(biome, ["check", "--write"], { show: true });
}

if (isMain(import.meta)) runMain(main);
