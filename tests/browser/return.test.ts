import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openVisit, type Visit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import { type Stack, startStack } from "./stack.mjs";
import { openConsent, rowOf, signIn } from "./steps.ts";

let stack: Stack;
let browser: Browser;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

beforeEach(async () => {
  visit = await openVisit(browser);
  page = visit.page;
});

afterEach(() => visit.close());

describe("returning from a provider", () => {
  it("is refused with 403 in another browser, which makes no token request [R4]", async () => {
    await signIn(page, stack, "victim");
    const callback = await interceptCallback(page);
    const before = tokenRequests();
    const stranger = await openVisit(browser);
    const reply = await stranger.page.goto(callback);
    expect(reply?.status()).toBe(403);
    await stranger.page.getByText("This sign-in link is not valid any more.").waitFor();
    expect(tokenRequests()).toBe(before);
    await stranger.close();
    await page.goto(stack.url);
    await page.getByText("Nothing is connected yet").waitFor();
  });

  it("is refused in another person's signed-in browser too [R5]", async () => {
    await signIn(page, stack, "attacker");
    const callback = await interceptCallback(page);
    const victim = await openVisit(browser);
    await signIn(victim.page, stack, "other-victim");
    const before = tokenRequests();
    const reply = await victim.page.goto(callback);
    expect(reply?.status()).toBe(403);
    expect(tokenRequests()).toBe(before);
    await victim.page.goto(stack.url);
    await victim.page.getByText("Nothing is connected yet").waitFor();
    await victim.close();
  });

  it("leaves a clean address, so that a reload does not tell it again", async () => {
    await signIn(page, stack, "clean");
    await openConsent(page, "ada");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("Practice is connected").waitFor();
    expect(page.url()).toBe(`${stack.url}/`);
    await page.reload();
    await rowOf(page, "ada").waitFor();
    expect(await page.getByText("Practice is connected").count()).toBe(0);
  });

  it("works when the provider's page posts it as a form, which carries no Lax cookie", async () => {
    await signIn(page, stack, "posted");
    const callback = new URL(await interceptCallback(page));
    const provider = await serveForm(callback);
    await page.goto(provider.url);
    await page.getByText("Practice is connected").waitFor();
    await rowOf(page, "ada").waitFor();
    await provider.stop();
  });

  it("says so when the provider could not tell yet whose account it is", async () => {
    await signIn(page, stack, "unfinished");
    await openConsent(page, "ada");
    stack.practice.faults.set({ endpoint: "userinfo", status: 503, times: 3 });
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("Practice is nearly connected").waitFor();
    await page.getByText("There is nothing you need to do").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(page.url()).toBe(`${stack.url}/`);
  });

  it("is shown neutrally when this tab did not begin the flow, whatever the address says", async () => {
    await signIn(page, stack, "forged");
    for (const outcome of [
      "connected",
      "unfinished",
      "failed&code=access_denied",
      "<script>alert(1)</script>",
    ]) {
      await page.goto(`${stack.url}/?tenon=${outcome}&provider=practice&flow=AAAAAAAA`);
      const notice = page.getByRole("status").filter({ hasText: "A connection attempt ended" });
      await notice.waitFor();
      expect(await page.getByText("Practice is connected").count()).toBe(0);
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(page.url()).toBe(`${stack.url}/`);
    }
  });

  it("is shown neutrally when this tab began the flow too long ago", async () => {
    await signIn(page, stack, "stale");
    const callback = await interceptCallback(page);
    const flow = new URL(callback).searchParams.get("state")?.split(":")[2]?.slice(0, 8);
    await page.goto(stack.url);
    await page.evaluate(() => {
      const flows = JSON.parse(sessionStorage.getItem("tenon.flows") ?? "[]");
      flows[0].expiresAt = Date.now() - 61_000;
      sessionStorage.setItem("tenon.flows", JSON.stringify(flows));
    });
    await page.goto(`${stack.url}/?tenon=connected&provider=practice&flow=${flow}`);
    await page.getByText("A connection attempt ended").waitFor();
  });

  it("is shown neutrally when the flow is known but the provider is another one", async () => {
    await signIn(page, stack, "mixed-up");
    const callback = await interceptCallback(page);
    const flow = new URL(callback).searchParams.get("state")?.split(":")[2]?.slice(0, 8);
    await page.goto(`${stack.url}/?tenon=connected&provider=github&flow=${flow}`);
    await page.getByText("A connection attempt ended").waitFor();
  });
});

function tokenRequests(): number {
  return stack.practice.requests.count("token");
}

/** Serves, on another site, a page that posts the callback's parameters as soon as it is open. */
async function serveForm(callback: URL): Promise<{ url: string; stop(): Promise<void> }> {
  const inputs = [...callback.searchParams].map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  const action = callback.origin + callback.pathname;
  const page = `<form method="post" action="${action}">${inputs.join("")}</form>
    <script>document.forms[0].submit()</script>`;
  const server = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html").end(page);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Goes through consent, but stops the browser just before it would open the callback. */
async function interceptCallback(page: Page): Promise<string> {
  await openConsent(page, "ada");
  // Playwright's routes do not see requests that a redirect makes; the protocol below them does.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Fetch.enable", { patterns: [{ urlPattern: "*/v1/callback/*" }] });
  const paused = new Promise<string>((found) => {
    cdp.once("Fetch.requestPaused", ({ requestId, request }) => {
      void cdp.send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
      found(request.url);
    });
  });
  await page.getByRole("button", { name: "Allow" }).click({ noWaitAfter: true });
  const address = await paused;
  await cdp.detach();
  return address;
}
