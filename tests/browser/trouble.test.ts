import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { picture } from "./audit.ts";
import { openVisit, type Visit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import { type Stack, startStack } from "./stack.mjs";
import { connect, followLink, rowOf, signIn } from "./steps.ts";

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

const busy = { success: false, error: { code: "RATE_LIMITED", message: "Too many requests." } };

describe("when something fails", () => {
  it("reads again by itself, not before the Retry-After it was given", async () => {
    const asked: number[] = [];
    await page.route("**/v1/connections", async (route) => {
      asked.push(performance.now());
      if (asked.length > 1) return route.continue();
      await route.fulfill({ status: 503, headers: { "retry-after": "2" }, json: busy });
    });
    await signIn(page, stack, "retry-after");
    await page.getByText("Nothing is connected yet").waitFor();
    expect(asked).toHaveLength(2);
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(1_990);
  });

  it("gives up after four tries and lets the person try again", async () => {
    let asked = 0;
    await page.route("**/v1/connections", async (route) => {
      asked += 1;
      if (asked > 4) return route.continue();
      await route.abort("connectionrefused");
    });
    await followLink(page, await stack.signInLink("give-up"));
    await page.getByRole("heading", { name: "Your connections could not be read" }).waitFor();
    expect(asked).toBe(4);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nothing is connected yet").waitFor();
  });

  it("never repeats a request that changes something", async () => {
    let asked = 0;
    await page.route("**/v1/connect/*", async (route) => {
      asked += 1;
      await route.fulfill({ status: 503, headers: { "retry-after": "0" }, json: busy });
    });
    await signIn(page, stack, "no-repeat");
    await page.getByRole("button", { name: "Connect Practice", exact: true }).click();
    await page.getByText("Too many requests.").waitFor();
    expect(asked).toBe(1);
  });

  it("does not open a sign-in address whose state belongs to another request", async () => {
    await page.route("**/v1/connect/*", async (route) => {
      const reply = await route.fetch();
      const body = await reply.json();
      body.data.flow = "AAAAAAAA";
      await route.fulfill({ response: reply, json: body });
    });
    await signIn(page, stack, "mismatch");
    await page.getByRole("button", { name: "Connect Practice", exact: true }).click();
    await page.getByText("The sign-in address does not match this request").waitFor();
    expect(new URL(page.url()).origin).toBe(stack.url);
  });

  it("still lists, without a countdown, when the module cannot be loaded", async () => {
    await page.route("**/*.wasm", (route) => route.abort());
    await signIn(page, stack, "no-module");
    await connect(page, "ada");
    await page.getByText("Live expiry is off").waitFor();
    expect(await rowOf(page, "ada").innerText()).not.toContain("Expires in");
  });

  it("offers to reconnect, first of all, once the provider has withdrawn the access", async () => {
    await signIn(page, stack, "withdrawn");
    await connect(page, "ada");
    const body = JSON.stringify({ error: "invalid_grant" });
    stack.practice.faults.set({ endpoint: "token", status: 400, body });
    const row = rowOf(page, "ada");
    await row.getByRole("button", { name: /^Refresh/ }).click();
    await row.getByText("The provider has ended this access.").waitFor();
    await page.getByText("1 needs attention").waitFor();
    expect(await row.innerText()).toContain("Cannot renew itself");
    expect(await row.getByRole("button", { name: /^Refresh/ }).count()).toBe(0);
    const reconnect = row.getByRole("button", { name: /^Reconnect/ });
    expect(await reconnect.getAttribute("class")).toContain("button-primary");
    await picture(page, "withdrawn");
  });

  it("keeps the list and says what went wrong when a refresh fails", async () => {
    await signIn(page, stack, "refresh-fails");
    await connect(page, "ada");
    await page.route("**/refresh", (route) => route.fulfill({ status: 503, json: busy }));
    await rowOf(page, "ada")
      .getByRole("button", { name: /^Refresh/ })
      .click();
    await page.getByText(/could not be refreshed: Too many requests/).waitFor();
    await rowOf(page, "ada").waitFor();
  });
});
