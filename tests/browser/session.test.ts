import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openVisit, type Visit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import { type Stack, startStack } from "./stack.mjs";
import { followLink, signIn } from "./steps.ts";

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

describe("signing in by link", () => {
  it("removes the token from the address before it is sent anywhere, and from the history", async () => {
    const link = await stack.signInLink("history");
    const token = new URL(link).hash.slice("#session=".length);
    await signIn(page, stack, "history");
    await followLink(page, link);
    await page.getByRole("heading", { name: "Connections", level: 1 }).waitFor();
    expect(page.url()).toBe(`${stack.url}/`);
    const cdp = await visit.context.newCDPSession(page);
    const { entries } = await cdp.send("Page.getNavigationHistory");
    expect(JSON.stringify(entries)).not.toContain(token);
  });

  it("works once: a second use explains itself and signs nobody in", async () => {
    const link = await stack.signInLink("once");
    await followLink(page, link);
    await page.getByText("Nothing is connected yet").waitFor();
    const second = await openVisit(browser);
    await second.page.goto(link);
    await second.page.getByText("This sign-in link does not work any more").waitFor();
    await second.close();
  });

  it("changes nothing before a press of the button, which has the focus", async () => {
    const link = await stack.signInLink("mallory");
    await page.goto(link);
    await page.getByRole("heading", { name: "Sign in with this link?" }).waitFor();
    await page.getByText("mallory").waitFor();
    expect(await page.getByRole("button").allInnerTexts()).toEqual(["Sign in"]);
    expect(await visit.context.cookies(stack.url)).toEqual([]);
    await page.goto("about:blank");
    await page.goto(stack.url);
    await page.getByRole("heading", { name: "Sign in with a link" }).waitFor();

    await page.goto(link);
    const button = page.getByRole("button", { name: "Sign in", exact: true });
    await button.waitFor();
    await expect
      .poll(() => button.evaluate((element) => element === document.activeElement))
      .toBe(true);
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is connected yet").waitFor();
  });

  it("leaves another user's session alone unless told to, and then ends it on the server [R110]", async () => {
    await signIn(page, stack, "victim");
    const copied = await visit.context.cookies(stack.url);
    await page.goto(await stack.signInLink("mallory"));
    await page.getByText("You are signed in as victim").waitFor();
    await page.getByRole("button", { name: "Stay as victim" }).click();
    await page.getByText("Nothing is connected yet").waitFor();
    await page.getByRole("banner").getByText("victim").waitFor();
    expect(await visit.context.cookies(stack.url)).toEqual(copied);

    await followLink(page, await stack.signInLink("second"));
    await page.getByRole("banner").getByText("second").waitFor();
    const old = await openVisit(browser);
    await old.context.addCookies(copied);
    await old.page.goto(stack.url);
    await old.page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
    await old.close();
  });

  it("goes on with the session on a later visit, in an HttpOnly cookie of the worker's own choosing [R110]", async () => {
    const planted = { name: "tenon-session", value: "planted", url: stack.url };
    await visit.context.addCookies([planted]);
    await signIn(page, stack, "later");
    const cookies = await visit.context.cookies(stack.url);
    const session = cookies.find(({ name }) => name === "tenon-session");
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    expect(session?.value).not.toBe("planted");
    await page.goto(stack.url);
    await page.getByText("Nothing is connected yet").waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("explains how to get in to a visitor without a session", async () => {
    await page.goto(stack.url);
    await page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
  });

  it("ends on the server: a copy of the cookie is worth nothing afterwards [R110]", async () => {
    await signIn(page, stack, "copy");
    const copied = await visit.context.cookies(stack.url);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out").waitFor();
    const thief = await openVisit(browser);
    await thief.context.addCookies(copied);
    await thief.page.goto(stack.url);
    await thief.page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
    await thief.close();
  });

  it("says that the session has ended when a call finds it gone", async () => {
    await signIn(page, stack, "gone");
    await visit.context.clearCookies();
    await page.getByRole("button", { name: "Connect Practice", exact: true }).click();
    await page.getByText("Your session has ended").waitFor();
  });
});
