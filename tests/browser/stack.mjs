import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalSecrets, startLocalStack } from "../../scripts/local-stack.mjs";

/**
 * @typedef {import("../../scripts/local-stack.mjs").LocalStack} Stack the worker that serves the
 *   dashboard, and the provider it connects to
 */

/**
 * startStack runs the real thing on free loopback ports, with a data folder of its own; access
 * tokens live for ttlS seconds. GitHub and Google are configured too, but nobody can sign in there.
 * @param {{ ttlS?: number, organizationId?: string }} [options]
 * @returns {Promise<Stack>}
 */
export async function startStack({ ttlS = 60, organizationId = "workshop" } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), "tenon-browser-"));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const stack = await startLocalStack({
      dataDir,
      secrets: createLocalSecrets(organizationId),
      accessTokenTtlS: ttlS,
      providers: ["github", "google"].map((provider) => ({
        provider,
        clientId: "not-registered",
        clientSecret: "none",
      })),
    });
    const { stop } = stack;
    stack.stop = () => stop().finally(remove);
    return stack;
  } catch (problem) {
    await remove();
    throw problem;
  }
}
