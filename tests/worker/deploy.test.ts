import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";

describe("the deployment to Cloudflare", () => {
  const config = unstable_readConfig({
    config: join(import.meta.dirname, "../../worker/wrangler.jsonc"),
  });

  test("keeps no log of whole addresses, since callbacks carry codes and states in theirs [R56]", () => {
    expect(config.observability).toMatchObject({
      enabled: true,
      logs: { invocation_logs: false },
    });
  });

  test("answers at no address that nobody chose", () => {
    expect(config.workers_dev).toBe(false);
    expect(config.preview_urls).not.toBe(true);
  });
});
