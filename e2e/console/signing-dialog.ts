// The console's dialog of a transaction, as the person at it: reads what it will do, signs, and waits until it has landed.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";

const LANDING_MS = 30_000; // a router co-signs, a chain confirms, a busy machine takes its time

/** Signs what the dialog shows, which has to say all of `told`; ends when it is confirmed and the dialog closed. */
export async function signAndLand(page: Page, walletName: string, told: readonly RegExp[]): Promise<void> {
  const dialog = page.getByRole("dialog");
  const sign = dialog.getByRole("button", { name: `Sign with ${walletName}` });
  await sign.waitFor();
  const words = await dialog.innerText();
  for (const pattern of told) assert.match(words, pattern);
  await sign.click();
  await dialog.getByRole("button", { name: "Done" }).click({ timeout: LANDING_MS });
  await dialog.waitFor({ state: "hidden" });
}
