import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Worker and browser tests start real programs, so their files take turns and may be slow.
const serial = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 };

// A suite that needs more than this has a vitest.config.ts in its own folder.
function project(name: string, options = {}) {
  const own = `tests/${name}/vitest.config.ts`;
  if (existsSync(join(import.meta.dirname, own))) return own;
  return {
    test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`], environment: "node", ...options },
  };
}

export default defineConfig({
  test: {
    projects: [project("package"), project("worker", serial), project("browser", serial)],
  },
});
