import type { Page } from "playwright-core";
import type { Stack } from "./stack.mjs";

/** followLink opens a sign-in link and says yes to its question. */
export async function followLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** signIn follows a fresh sign-in link and waits for the list. */
export async function signIn(page: Page, stack: Stack, userId: string): Promise<void> {
  await followLink(page, await stack.signInLink(userId));
  await page.getByRole("heading", { name: "Connections", level: 1 }).waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}

/** openConsent presses Connect and signs in at the provider, up to its consent page. */
export async function openConsent(page: Page, account: string): Promise<void> {
  await page.getByRole("button", { name: "Connect Practice", exact: true }).click();
  await page.getByLabel("User name").fill(account);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Allow access?" }).waitFor();
}

/** connect goes all the way through the consent page and back to the list. */
export async function connect(page: Page, account: string): Promise<void> {
  await openConsent(page, account);
  await page.getByRole("button", { name: "Allow" }).click();
  await rowOf(page, account).waitFor();
}

/** rowOf finds the row of an account by what it is called. */
export function rowOf(page: Page, account: string) {
  return page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: account }) });
}

/** focusByTab presses Tab until the named control has the focus, at most 60 times. */
export async function focusByTab(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole("button", { name, exact: true });
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab never reached the button "${name}"`);
}
