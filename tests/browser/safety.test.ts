import { readdirSync, readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openVisit, type Visit } from "./chromium.ts";
import { launchChromium } from "./launch.mjs";
import { type Stack, startStack } from "./stack.mjs";
import { connect, signIn } from "./steps.ts";

const dist = new URL("../../web/dist/", import.meta.url);
const naughty = JSON.parse(
  readFileSync(new URL("../vectors/strings/blns.json", import.meta.url), "utf8"),
) as string[];

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

describe("the page keeps itself and its guests safe", () => {
  it("blocks an inline script, an inline handler and an inline style that something put in [R112]", async () => {
    await signIn(page, stack, "inline");
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = 1";
      document.body.append(script);
      document.body.insertAdjacentHTML(
        "beforeend",
        '<img src="x" onerror="globalThis.injected=2">',
      );
      document.body.insertAdjacentHTML("beforeend", '<p style="color: red">painted</p>');
    });
    await expect
      .poll(() => visit.faults.filter((fault) => fault.startsWith("violates")).length)
      .toBe(3);
    expect(await page.evaluate(() => Reflect.get(globalThis, "injected"))).toBeUndefined();
  });

  it("keeps nothing secret in any storage of the browser, not even half way through a connect [R115]", async () => {
    await signIn(page, stack, "storage");
    const token = (await visit.context.cookies(stack.url))[0]?.value ?? "none";
    await page.route("**/auth?*", (route) => route.abort());
    const left = page.waitForRequest("**/auth?*");
    await page.getByRole("button", { name: "Connect Practice", exact: true }).click();
    const { searchParams } = new URL((await left).url());
    await page.goto(stack.url);
    const kept = await page.evaluate(everythingStored);
    expect(kept).toContain("tenon.flows");
    for (const secret of [searchParams.get("state"), searchParams.get("code_challenge"), token]) {
      expect(secret).toBeTruthy();
      expect(kept).not.toContain(secret);
    }
    expect(kept).not.toMatch(/[A-Za-z0-9_-]{20,}/);
  });

  it("shows every stored text as text, however naughty [R113]", async () => {
    await signIn(page, stack, "inert");
    await connect(page, "ada");
    await page.route("**/v1/connections", async (route) => {
      const reply = await route.fetch();
      const body = await reply.json();
      const [sample] = body.data.connections;
      body.data.connections = naughty.map((text, index) => withText(sample, text, index));
      await route.fulfill({ response: reply, json: body });
    });
    await page.reload();
    await expect.poll(() => page.getByRole("row").count()).toBe(naughty.length + 1);
    const foreign = await page
      .locator("tbody :is(script, iframe, img, a, style, form, input)")
      .count();
    expect(foreign).toBe(0);
    expect(visit.faults).toEqual([]);
  });

  it("ships no inline script or style, and nothing from elsewhere", () => {
    const html = readFileSync(new URL("index.html", dist), "utf8");
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
    for (const [, address] of html.matchAll(/\s(?:src|href)="([^"]*)"/g)) {
      expect(address).toMatch(/^\/assets\/[\w.-]+$/);
    }
    const assets = readdirSync(new URL("assets/", dist));
    expect(assets.filter((name) => /^tenon-[\w-]{8,}\.wasm$/.test(name))).toHaveLength(1);
    for (const name of assets) expect(name).toMatch(/-[\w-]{8}\.(js|css|svg|wasm)$/);
  });
});

interface Sample {
  id: string;
}

function withText(sample: Sample, text: string, index: number) {
  return {
    ...sample,
    id: `${sample.id}${index}`,
    accountName: text,
    scopes: [text],
    status: "error",
    reason: text,
  };
}

// Runs in the page.
async function everythingStored(): Promise<string> {
  const databases = await indexedDB.databases();
  const caches = await globalThis.caches.keys().catch(() => []);
  return JSON.stringify([
    { ...localStorage },
    { ...sessionStorage },
    databases,
    caches,
    document.cookie,
  ]);
}
