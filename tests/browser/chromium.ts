import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

export interface Look {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
}

/** Visit is one person's browser: its own cookie jar, one first tab, and what went wrong in it. */
export interface Visit {
  context: BrowserContext;
  page: Page;
  /** Violations of the content security policy, console errors and uncaught errors, as they come. */
  faults: string[];
  close: () => Promise<void>;
}

/** openVisit opens a browser with an empty cookie jar. */
export async function openVisit(browser: Browser, look: Look = {}): Promise<Visit> {
  const { width = 1200, height = 860, scheme = "light" } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    serviceWorkers: "block",
  });
  const faults: string[] = [];
  await context.exposeFunction("reportViolation", (text: string) => faults.push(text));
  await context.addInitScript({ content: `${axeSource};(${watchViolations})()` });
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`uncaught: ${error.error().message}`));
  const page = await context.newPage();
  return { context, page, faults, close: () => context.close() };
}

// Runs in the page, before anything of its own.
function watchViolations() {
  document.addEventListener("securitypolicyviolation", (event) => {
    const report = (globalThis as unknown as { reportViolation: (text: string) => void })
      .reportViolation;
    report(`violates ${event.effectiveDirective}: ${event.blockedURI}`);
  });
}
