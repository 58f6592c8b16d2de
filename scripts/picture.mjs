// Takes docs/dashboard.png from the real dashboard: node scripts/picture.mjs [FILE].
// What it shows was connected through the practice provider's own pages a moment before.
import { statSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "../tests/browser/launch.mjs";
import { startStack } from "../tests/browser/stack.mjs";
import { isMain, repositoryRoot, runMain } from "./run.mjs";

const bytesMax = 200_000;
const size = { width: 1200, height: 620 };

// Each account is signed in at the provider, which grants all but the scopes named here.
const accounts = [
  { name: "ada", refused: [] },
  { name: "charles", refused: ["calendar.read"] },
  { name: "workshop", refused: ["offline_access", "calendar.read"] },
];

async function connect(page, { name, refused }) {
  await page.getByRole("button", { name: "Connect Practice", exact: true }).click();
  await page.getByLabel("User name").fill(name);
  await page.getByRole("button", { name: "Continue" }).click();
  for (const scope of refused) await page.getByRole("checkbox", { name: scope }).uncheck();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("rowheader", { name }).waitFor();
}

/** takePicture saves the list of a person with three accounts. It throws when it is too large. */
async function takePicture(path) {
  const stack = await startStack({ ttlS: 2700, organizationId: "analytical-engines" });
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ viewport: size, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(await stack.signInLink("ada.lovelace"));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    for (const account of accounts) await connect(page, account);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.mouse.move(0, 0);
    await page.screenshot({ path });
  } finally {
    await browser.close();
    await stack.stop();
  }
  const { size: bytes } = statSync(path);
  if (bytes > bytesMax) throw new Error(`${path} has ${bytes} bytes, more than ${bytesMax}`);
  return bytes;
}

async function main() {
  const path = process.argv[2] ?? join(repositoryRoot, "docs", "dashboard.png");
  console.log(`${path}: ${await takePicture(path)} bytes`);
}

if (isMain(import.meta)) runMain(main);
