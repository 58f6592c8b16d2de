import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "./browser.ts";
import { called, type Json, Stage } from "./stage.ts";

describe("another tenant", () => {
  let stage: Stage;
  let browser: Browser;
  let connection: Json;
  beforeAll(async () => {
    stage = await Stage.open();
    browser = await stage.signIn("ada");
    connection = await stage.connect(browser);
  });
  afterAll(() => stage.close());

  const routes: [method: string, suffix: string, body?: object][] = [
    ["GET", ""],
    ["DELETE", ""],
    ["POST", "/refresh", { force: true }],
    ["GET", "/token"],
  ];
  const unchanged = async () => {
    const { body } = await called(await browser.call("GET", `/v1/connections/${connection.id}`));
    expect(body.data.connection).toEqual(connection);
  };

  test.each(routes)(
    "gets 404 without effect for %s on a foreign connection%s [R106]",
    async (...row) => {
      const [method, suffix, body] = row;
      const path = `/v1/connections/${connection.id}${suffix}`;
      stage.provider.requests.clear();
      const answer = await stage.api(method, path, body, stage.keys.globex);
      expect(answer.status).toBe(404);
      expect(answer.body.error.code).toBe("INTEGRATION_NOT_FOUND");
      expect(stage.provider.requests.list()).toEqual([]);
      await unchanged();
    },
  );

  test.each(routes)(
    "as another user of the organization gets the same for %s%s [R106]",
    async (...row) => {
      const [method, suffix, body] = row;
      const other = await stage.signIn("eve");
      const answer = await other.call(method, `/v1/connections/${connection.id}${suffix}`, body);
      expect(answer.status).toBe(suffix === "/token" ? 403 : 404);
      await unchanged();
    },
  );

  test("cannot tell a foreign connection from one that does not exist [R106]", async () => {
    const missing = `${connection.id.slice(0, -4)}AAAA`;
    const answers = [];
    for (const id of [connection.id, missing, `con_${"A".repeat(22)}_AAAA`, "nonsense"]) {
      const answer = await stage.api("GET", `/v1/connections/${id}`, undefined, stage.keys.globex);
      const { code, message } = answer.body.error;
      answers.push({ status: answer.status, code, message });
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test("sees nothing of a user with the same name [R107]", async () => {
    const path = "/v1/connections?userId=ada";
    const { body } = await stage.api("GET", path, undefined, stage.keys.globex);
    expect(body.data.connections).toEqual([]);
    const own = await stage.api("GET", path);
    expect(own.body.data.connections).toHaveLength(1);
  });

  test("is what a session becomes when it names another user [R106]", async () => {
    const other = await stage.signIn("eve");
    expect((await other.call("GET", "/v1/connections?userId=ada")).status).toBe(403);
    expect((await other.call("POST", "/v1/connect/practice", { userId: "ada" })).status).toBe(403);
  });
});
