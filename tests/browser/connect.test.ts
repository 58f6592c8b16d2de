import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { picture } from "./audit.ts";
import { openVisit, type Visit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import { type Stack, startStack } from "./stack.mjs";
import { connect, focusByTab, openConsent, rowOf, signIn } from "./steps.ts";

let stack: Stack;
let browser: Browser;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ ttlS: 30 }), launchChromium()]);
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

describe("connecting an account", () => {
  it("goes from a sign-in link over the consent page to a list, and back to empty, with no console error and no violation of the content security policy [R112]", async () => {
    await signIn(page, stack, "click-through");
    await page.getByText("Nothing is connected yet").waitFor();
    await picture(page, "empty");

    await connect(page, "ada");
    const notice = page.getByRole("status").filter({ hasText: "Practice is connected" });
    await notice.waitFor();
    const row = rowOf(page, "ada");
    expect(await row.innerText()).toMatch(/Connected[\s\S]*openid[\s\S]*Expires in 0:\d\d/);
    await picture(page, "connected");

    await row.getByText("Expired").waitFor({ timeout: 40_000 });
    expect(await row.innerText()).toContain("Renewed at next use");
    await picture(page, "expired");

    await row.getByRole("button", { name: /^Refresh Practice/ }).click();
    await page.getByText(/has a fresh access token/).waitFor();
    expect(await row.innerText()).toMatch(/Expires in 0:\d\d/);

    await row.getByRole("button", { name: /^Disconnect Practice/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("Access was revoked at the provider.").waitFor();
    await page.getByText("Nothing is connected yet").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out").waitFor();
    expect(visit.faults).toEqual([]);
  }, 120_000);

  it("counts down once a second and touches nothing else in the page meanwhile", async () => {
    await signIn(page, stack, "countdown");
    await connect(page, "ada");
    const time = rowOf(page, "ada").getByRole("time");
    const before = await time.innerText();
    const touched = await page.evaluate(changedElements, 2_500);
    expect(await time.innerText()).not.toBe(before);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((name) => name !== "TIME" && name !== "PROGRESS")).toEqual([]);
  });

  it("is disconnected with the keyboard alone, after a question that Escape takes back", async () => {
    await signIn(page, stack, "keyboard");
    await connect(page, "ada");
    const label = await rowOf(page, "ada")
      .getByRole("button", { name: /^Disconnect/ })
      .getAttribute("aria-label");
    await focusByTab(page, label ?? "");

    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: /^Disconnect Practice/ });
    await dialog.waitFor();
    await picture(page, "dialog");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await focusedName(page)).toBe(label);

    await page.keyboard.press("Enter");
    await dialog.waitFor();
    expect(await focusedName(page)).toBe("Keep it");
    await page.keyboard.press("Tab");
    expect(await focusedName(page)).toBe("Disconnect");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is connected yet").waitFor();
    await expect.poll(() => focusedName(page)).toBe("Connections");
  });

  it("says so when the person denies it, connects nothing, and offers another try", async () => {
    await signIn(page, stack, "deny");
    await openConsent(page, "ada");
    await page.getByRole("button", { name: "Deny" }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toContain("Practice was not connected");
    expect(await alert.innerText()).toContain("You declined access");
    await page.getByText("Nothing is connected yet").waitFor();
    await picture(page, "denied");
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByLabel("User name").waitFor();
  });

  it("works in two tabs at once, each told of its own", async () => {
    await signIn(page, stack, "two-tabs");
    const other = await visit.context.newPage();
    await other.goto(stack.url);
    await Promise.all([openConsent(page, "ada"), openConsent(other, "grace")]);
    await Promise.all([
      other.getByRole("button", { name: "Allow" }).click(),
      page.getByRole("button", { name: "Allow" }).click(),
    ]);
    await rowOf(page, "ada").waitFor();
    await rowOf(other, "grace").waitFor();
    for (const tab of [page, other]) await tab.getByText("Practice is connected").waitFor();
    await page.reload();
    await rowOf(page, "ada").waitFor();
    await rowOf(page, "grace").waitFor();
    expect(visit.faults).toEqual([]);
  });

  it("lists the account again, not twice, after it is reconnected", async () => {
    await signIn(page, stack, "reconnect");
    await connect(page, "ada");
    await rowOf(page, "ada")
      .getByRole("button", { name: /^Reconnect/ })
      .click();
    await page.getByLabel("User name").fill("ada");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("Practice is connected").waitFor();
    await rowOf(page, "ada").waitFor();
    expect(await rowOf(page, "ada").count()).toBe(1);
  });
});

function focusedName(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent ?? null;
  });
}

// Runs in the page: the elements that change while it waits.
async function changedElements(ms: number): Promise<string[]> {
  const names: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      names.push(element?.tagName ?? "?");
    }
  });
  const everything = { subtree: true, childList: true, characterData: true, attributes: true };
  observer.observe(document.body, everything);
  await new Promise((done) => setTimeout(done, ms));
  observer.disconnect();
  return names;
}
