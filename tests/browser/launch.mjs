import { chromium } from "playwright-core";
import { chromiumPath } from "../../scripts/requirements.mjs";

/** launchChromium starts the browser that was set up, without calls home. */
export function launchChromium() {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error("Chromium is not installed: run npm run setup");
  return chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
