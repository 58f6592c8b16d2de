import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// All start real programs, on machines that may be busy. Those of the worker and the browser start
// so many that their files take turns.
const patient = { testTimeout: 60_000, hookTimeout: 60_000 };
const serial = { ...patient, fileParallelism: false };

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
    projects: [project("package", patient), project("worker", serial), project("browser", serial)],
  },
});
