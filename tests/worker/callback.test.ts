import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createMasterKey } from "../../worker/keys.mjs";
import { Browser } from "./browser.ts";
import { openControl } from "./control.ts";
import { type Begun, called, Stage } from "./stage.ts";

/** What an outsider sees of an answer: everything but the date and the random id. */
async function seen(answer: Response) {
  const headers = [...answer.headers].filter(([name]) => !/^(date|x-correlation-id)$/.test(name));
  return { status: answer.status, headers, body: await answer.text() };
}

const flip = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

describe("a callback that must not be trusted", () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await Stage.open({ bundle: "probe" });
    browser = await stage.signIn("ada");
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.provider.requests.clear());

  const begin = async (): Promise<{ begun: Begun; callback: URL }> => {
    const begun = await stage.begin(browser);
    const callback = new URL(await stage.consent(begun));
    stage.provider.requests.clear();
    return { begun, callback };
  };
  const withState = (callback: URL, state: string) => {
    const changed = new URL(callback);
    changed.searchParams.set("state", state);
    return changed.href;
  };

  test("gets 403 in another cookie jar and makes no token request [R4]", async () => {
    const { callback } = await begin();
    const stranger = new Browser(stage.url);
    const answer = await stranger.open(callback.href);
    expect(answer.status).toBe(403);
    expect(stage.reasonOf(answer)).toBe("state_session");
    expect(stage.provider.requests.count("token")).toBe(0);
    expect((await browser.open(callback.href)).status).toBe(303);
  });

  test("posted by the provider's page, without cookies, is asked for again with them", async () => {
    const { begun, callback } = await begin();
    const post = (type: string, body: string) =>
      fetch(stage.url + callback.pathname, {
        method: "POST",
        headers: { "content-type": type },
        body,
        redirect: "manual",
      });
    const form = callback.searchParams.toString();
    const posted = await post("application/x-www-form-urlencoded", form);
    expect(posted.status).toBe(303);
    expect(posted.headers.get("cache-control")).toBe("no-store");
    expect(stage.provider.requests.count("token")).toBe(0);
    const answer = await browser.open(posted.headers.get("location") ?? "");
    expect(answer.headers.get("location")).toContain(`tenon=connected&provider=practice`);
    expect(answer.headers.get("location")).toContain(begun.flow);
    expect((await post("application/json", "{}")).status).toBe(415);
    const long = await post("application/x-www-form-urlencoded", `code=${"x".repeat(17_000)}`);
    expect(long.status).toBe(400);
  });

  test("gets 403 without the flow's own cookie, or with another flow's [R4]", async () => {
    const { body } = await stage.api("POST", "/v1/connect/practice", { userId: "ada" });
    const callback = await stage.consent(body.data);
    stage.provider.requests.clear();
    const bare = await new Browser(stage.url).open(callback);
    expect(bare.status).toBe(403);
    expect(stage.reasonOf(bare)).toBe("binding_missing");

    const mixed = new Browser(stage.url);
    const name = `tenon-${body.data.flow}`;
    const { begun } = await begin();
    mixed.plant(name, browser.cookie(`tenon-${begun.flow}`) ?? "");
    const crossed = await mixed.open(callback);
    expect(crossed.status).toBe(403);
    expect(stage.reasonOf(crossed)).toBe("binding_mismatch");
    expect(stage.provider.requests.count("token")).toBe(0);
  });

  test("cannot attach a victim's consent to an attacker's flow [R4] [R5]", async () => {
    const attacker = await stage.signIn("mallory");
    const begun = await stage.begin(attacker);
    const callback = await stage.consent(begun, "grace");
    stage.provider.requests.clear();
    const victim = await stage.signIn("grace");
    expect((await victim.open(callback)).status).toBe(403);
    expect(stage.provider.requests.count("token")).toBe(0);
    const { body } = await called(await victim.call("GET", "/v1/connections"));
    expect(body.data.connections).toEqual([]);
  });

  test("is refused when the session changed between start and callback [R5]", async () => {
    const switcher = await stage.signIn("first");
    const begun = await stage.begin(switcher);
    const callback = await stage.consent(begun);
    await switcher.call("DELETE", "/v1/sessions/current");
    stage.provider.requests.clear();
    const signedOut = await switcher.open(callback);
    expect(signedOut.status).toBe(403);
    expect(stage.reasonOf(signedOut)).toBe("state_session");
    await stage.signIn("second", switcher);
    const other = await switcher.open(callback);
    expect(other.status).toBe(403);
    expect(stage.reasonOf(other)).toBe("state_user");
    await stage.signIn("first", switcher);
    const again = await switcher.open(callback);
    expect(again.status).toBe(403);
    expect(stage.reasonOf(again)).toBe("state_session");
    expect(stage.provider.requests.count("token")).toBe(0);
  });

  test("looks the same from outside whatever is wrong with it [R60] [R3] [R7]", async () => {
    const { begun, callback } = await begin();
    const { state } = begun;
    const [front = "", mac = ""] = [state.slice(0, -43), state.slice(-43)];
    const github = await stage.begin(browser, {}, "github");
    const elsewhere = await stage.signIn("somebody-else");
    const foreign = await stage.begin(elsewhere);
    const route = (text: string) => text.split(".")[1] ?? "";
    const swapped = state.replace(route(state), route(foreign.state));

    const cases: [title: string, address: string, reason: string][] = [
      [
        "unknown nonce",
        withState(callback, flip(state, state.lastIndexOf(":") + 3)),
        "state_unknown",
      ],
      ["flipped mac", withState(callback, front + flip(mac, 5)), "state_signature"],
      ["unknown key", withState(callback, state.replace(/^\d+/, "77")), "state_unknown_key"],
      ["changed time", withState(callback, flipDigit(state)), "state_signature"],
      ["another user's shard", withState(callback, swapped), "state_unknown"],
      ["another provider", withState(callback, github.state), "state_provider"],
      ["no shard", withState(callback, "1:2:short.mac"), "state_malformed"],
    ];
    const answers = [];
    const reasons = [];
    for (const [title, address, reason] of cases) {
      const answer = await browser.open(address);
      reasons.push([title, stage.reasonOf(answer)]);
      answers.push(await seen(answer));
      expect(reasons.at(-1), title).toEqual([title, reason]);
    }
    expect(answers[0]?.status).toBe(403);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(stage.provider.requests.count("token")).toBe(0);
  });

  test("is refused for every single flipped character of its state [R3]", async () => {
    const { begun, callback } = await begin();
    const { state } = begun;
    for (let at = 0; at < state.length; at += 1) {
      if (/[:.]/.test(state[at] ?? "")) continue;
      const answer = await browser.open(withState(callback, flip(state, at)));
      expect(answer.status, `character ${at}`).toBe(403);
    }
    expect(stage.provider.requests.count("token")).toBe(0);
    expect((await browser.open(callback.href)).status).toBe(303);
  });

  test("is accepted shortly before it expires and refused once it has [R7]", async () => {
    const late = await stage.signIn("late");
    const [first, second] = [await stage.begin(late), await stage.begin(late)];
    const callbacks = [await stage.consent(first), await stage.consent(second)] as const;
    const left = () => Date.parse(second.expiresAt) - Date.now();

    await stage.restart({ PROBE_CLOCK_MS: String(left() - 10_000) });
    const accepted = await late.open(callbacks[0]);
    expect(accepted.headers.get("location")).toContain("tenon=connected");

    await stage.restart({ PROBE_CLOCK_MS: String(left() + 1000) });
    stage.provider.requests.clear();
    const refused = await late.open(callbacks[1]);
    expect(refused.status).toBe(403);
    expect(stage.reasonOf(refused)).toBe("state_expired");

    // The next write of this user clears away what has expired, so nothing is left to revive.
    await stage.begin(late);
    await stage.restart();
    const revived = await late.open(callbacks[1]);
    expect(revived.status, "on a clock set back").toBe(403);
    expect(stage.provider.requests.count("token")).toBe(0);
  });

  test("is refused when it was signed with another key [R3]", async () => {
    const { callback } = await begin();
    const [, secret = ""] = createMasterKey().split(":");
    await stage.restart({ TENON_KEYS: `1:${secret}` });
    const answer = await browser.open(callback.href);
    expect(answer.status).toBe(403);
    expect(stage.reasonOf(answer)).toBe("state_signature");
    await stage.restart();
    expect((await browser.open(callback.href)).status).toBe(303);
  });

  test("keeps what the provider says about an error to itself, and consumes the state [R9]", async () => {
    const begun = await stage.begin(browser);
    const callback = new URL(await stage.consent(begun, "ada", { deny: true }));
    expect(callback.searchParams.get("error")).toBe("access_denied");
    const script = "<script>alert(1)</script>";
    callback.searchParams.set("error_description", script);
    callback.searchParams.set("error_uri", "https://evil.example/");
    const answer = await browser.open(callback.href);
    const location = answer.headers.get("location") ?? "";
    expect(answer.status).toBe(303);
    expect(location).toBe(`${stage.url}/?tenon=failed&code=access_denied&flow=${begun.flow}`);
    expect(JSON.stringify(await seen(answer))).not.toMatch(/alert|evil/);
    expect(JSON.stringify(stage.log)).not.toMatch(/alert\(1\)|evil\.example/);

    const code = await stage.consent(begun);
    stage.provider.requests.clear();
    const second = await browser.open(code);
    expect(second.headers.get("location")).toBe(location);
    expect(stage.provider.requests.count("token")).toBe(0);
  });

  test("turns an error that is not on the list into provider_error [R9]", async () => {
    const begun = await stage.begin(browser);
    const callback = new URL(await stage.consent(begun, "ada", { deny: true }));
    callback.searchParams.set("error", "<script>");
    const answer = await browser.open(callback.href);
    expect(answer.headers.get("location")).toContain("tenon=failed&code=provider_error");
  });

  test("gets 400 for repeated, missing, overlong or contradictory parameters [R10]", async () => {
    const { callback } = await begin();
    const code = callback.searchParams.get("code") ?? "";
    const { search } = callback;
    const path = callback.pathname;
    const queries = [
      `${search}&code=${code}`,
      `${search}&state=x`,
      `${search}&iss=x`,
      `${search}&error=access_denied`,
      `?code=${code}`,
      "?",
      "",
      search.replace(code, "x".repeat(4097)),
      `${search}&padding=${"x".repeat(16_384)}`,
    ];
    for (const query of queries) {
      const answer = await browser.open(path + query);
      expect(answer.status, query.slice(0, 200)).toBe(400);
    }
    expect(stage.provider.requests.count("token")).toBe(0);
    expect((await browser.open(callback.href)).status).toBe(303);
  });

  test("is refused for an issuer that is not the provider's own, byte for byte [R8]", async () => {
    const { callback } = await begin();
    const issuer = callback.searchParams.get("iss") ?? "";
    for (const other of [`${issuer}/`, issuer.toUpperCase(), "https://evil.example", undefined]) {
      const changed = new URL(callback);
      if (other === undefined) changed.searchParams.delete("iss");
      else changed.searchParams.set("iss", other);
      const answer = await browser.open(changed.href);
      expect(answer.status, other).toBe(403);
      expect(stage.reasonOf(answer)).toMatch(/^issuer_/);
    }
    expect(stage.provider.requests.count("token")).toBe(0);
  });

  test("answers in JSON where that is asked for, without the reason [R57]", async () => {
    const answer = await browser.open("/v1/callback/practice?code=a&state=1:2:x.y.z", {
      accept: "application/json",
    });
    const { status, body } = await called(answer);
    expect(status).toBe(403);
    expect(body.error.code).toBe("INVALID_STATE");
    expect(JSON.stringify(body)).not.toContain("malformed");
  });

  test("writes nothing for states and sessions that somebody made up [R120]", async () => {
    const { readdirSync } = await import("node:fs");
    const folder = `${stage.dataDir}/objects/tenon-user`;
    const before = readdirSync(folder).length;
    const { state } = await stage.begin(browser);
    const route = state.split(".")[1] ?? "";
    for (let count = 0; count < 50; count += 1) {
      const made = crypto.randomUUID().replaceAll("-", "").slice(0, 22);
      await browser.open(`/v1/callback/practice?code=x&state=${state.replace(route, made)}`);
      const headers = { authorization: `Bearer ses_${made}_${"A".repeat(43)}` };
      await fetch(`${stage.url}/v1/connections`, { headers });
    }
    expect(readdirSync(folder).length).toBe(before);
  });

  test("sets up no flow in a shard that stores nothing, and looks like any other [R120]", async () => {
    const control = await openControl();
    const { callback } = await begin();
    const state = callback.searchParams.get("state") ?? "";
    const elsewhere = state.replace(state.split(".")[1] ?? "", "A".repeat(22));
    await stage.restart({ PROBE_URL: control.url });
    // Where objects have no files of their own to look at, such a shard is there at once.
    await fetch(`${stage.url}/probe/alarm/${"A".repeat(22)}`);
    control.clear();
    const empty = await browser.open(withState(callback, elsewhere));
    expect(stage.reasonOf(empty)).toBe("state_unknown");
    expect(control.effects).toEqual(["answer"]);
    const flipped = withState(callback, flip(state, state.lastIndexOf(":") + 3));
    const full = await browser.open(flipped);
    expect(stage.reasonOf(full)).toBe("state_unknown");
    expect(control.effects.length).toBeGreaterThan(2);
    expect(await seen(empty)).toEqual(await seen(full));
    await stage.restart();
    await control.close();
  });
});

function flipDigit(state: string): string {
  const at = state.indexOf(":", state.indexOf(":") + 1) - 1;
  return state.slice(0, at) + ((Number(state[at]) + 1) % 10) + state.slice(at + 1);
}
