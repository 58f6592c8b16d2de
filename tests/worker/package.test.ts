import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Stage } from "./stage.ts";

describe("tenon/worker, as it is packed", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ bundle: "packaged" });
  });
  afterAll(() => stage.close());

  test("serves a whole connection in a project of one's own", async () => {
    const browser = await stage.signIn("user-1");
    const connection = await stage.connect(browser);
    const { status, body } = await stage.api("GET", `/v1/connections/${connection.id}/token`);
    expect(status).toBe(200);
    expect(body.data.accessToken).not.toBe("");
  });
});
