import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeFindings, overflow, picture } from "./audit.ts";
import { type Look, openVisit, type Visit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import { type Stack, startStack } from "./stack.mjs";
import { connect, followLink, openConsent, rowOf, signIn } from "./steps.ts";

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A state of the page: how to get there, and the text that shows it has been reached. */
interface State {
  name: string;
  reach: (page: Page) => Promise<void>;
}

const states: State[] = [
  {
    name: "signed out",
    reach: async (page) => {
      await page.goto(stack.url);
      await page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
    },
  },
  {
    name: "sign-in link",
    reach: async (page) => {
      await signIn(page, stack, "look-standing");
      await page.goto(await stack.signInLink("a-rather-long-name-for-a-user@company.example"));
      await page.getByRole("heading", { name: "Sign in with this link?" }).waitFor();
    },
  },
  {
    name: "loading",
    reach: async (page) => {
      await page.route("**/v1/connections", () => {});
      await page.route("**/v1/providers", () => {});
      await followLink(page, await stack.signInLink("look-loading"));
      await page.getByText("Reading your connections").waitFor({ state: "attached" });
    },
  },
  {
    name: "error",
    reach: async (page) => {
      const refuse = {
        status: 400,
        json: { success: false, error: { code: "X", message: "No." } },
      };
      await page.route("**/v1/connections", (route) => route.fulfill(refuse));
      await followLink(page, await stack.signInLink("look-error"));
      await page.getByRole("heading", { name: "Your connections could not be read" }).waitFor();
    },
  },
  {
    name: "empty",
    reach: async (page) => {
      await signIn(page, stack, "look-empty");
      await page.getByText("Nothing is connected yet").waitFor();
    },
  },
  {
    name: "list",
    reach: async (page) => {
      await signIn(page, stack, "look-list");
      await connect(page, "ada@a-rather-long-name-for-an-account.example");
      await connect(page, "grace");
      await rowOf(page, "grace")
        .getByRole("button", { name: /more scopes/ })
        .click();
    },
  },
  {
    name: "denied",
    reach: async (page) => {
      await signIn(page, stack, "look-denied");
      await openConsent(page, "ada");
      await page.getByRole("button", { name: "Deny" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "dialog and message",
    reach: async (page) => {
      await signIn(page, stack, "look-dialog");
      await connect(page, "ada");
      await rowOf(page, "ada")
        .getByRole("button", { name: /^Refresh/ })
        .click();
      await page.getByText(/has a fresh access token/).waitFor();
      await rowOf(page, "ada")
        .getByRole("button", { name: /^Disconnect/ })
        .click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "without the module",
    reach: async (page) => {
      await page.route("**/*.wasm", (route) => route.abort());
      await signIn(page, stack, "look-no-module");
      await connect(page, "ada");
      await page.getByText("Live expiry is off").waitFor();
    },
  },
];

const looks: (Look & { name: string })[] = [
  { name: "light", scheme: "light" },
  { name: "dark", scheme: "dark" },
  { name: "phone", scheme: "dark", width: 380, height: 800 },
];

describe.each(looks)("in $name", (look) => {
  it.each(states)("the $name state passes every axe rule and fits the window", async (state) => {
    const visit: Visit = await openVisit(browser, look);
    await state.reach(visit.page);
    await picture(visit.page, `${state.name.replaceAll(" ", "-")}-${look.name}`);
    expect(await axeFindings(visit.page)).toEqual([]);
    expect(await overflow(visit.page)).toBeLessThanOrEqual(0);
    await visit.close();
  });
});

it("is one table to a screen reader at every width", async () => {
  const visit = await openVisit(browser, { width: 380 });
  await signIn(visit.page, stack, "look-table");
  await connect(visit.page, "ada");
  const table = visit.page.getByRole("table", { name: "Connected accounts" });
  const tree = await table.ariaSnapshot();
  expect(tree).toMatch(/columnheader "Status"/);
  expect(tree).toMatch(/rowheader "Practice ada/);
  expect(tree).toMatch(/cell "Connected"/);
  await visit.close();
});

it("leads past the head of the page with its first Tab", async () => {
  const visit = await openVisit(browser);
  await signIn(visit.page, stack, "look-skip");
  await visit.page.reload();
  await visit.page.getByText("Nothing is connected yet").waitFor();
  await visit.page.keyboard.press("Tab");
  const skip = visit.page.getByRole("link", { name: "Skip to content" });
  expect(await skip.evaluate((link) => link.matches(":focus-visible"))).toBe(true);
  await visit.page.keyboard.press("Enter");
  expect(await visit.page.evaluate(() => document.activeElement?.id)).toBe("main");
  await visit.close();
});
