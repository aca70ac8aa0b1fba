// A page as people see it: wide and narrow, light and dark. It fits, it can be read by everybody, and pictures of it are kept.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { waitFor } from "../network.ts";
import { insistAccessible } from "./accessibility.ts";
import type { WatchedPage } from "./browser.ts";

/** A page to look at. */
export interface Look {
  /** The name of its pictures. */
  readonly name: string;
  readonly path: string;
  /** Brings it into the state that is looked at. */
  readonly act?: (page: Page) => Promise<void>;
}

const { AIMO_SCREENSHOTS: chosen = "" } = process.env;

/** Where the pictures are kept. */
export const PICTURES: string = chosen === "" ? join(tmpdir(), "aimo-screenshots") : chosen;

/** Widths: a desk, a phone, and the narrowest that pages are made for. */
const WIDTHS = [1280, 375, 360] as const;
const THEMES = ["light", "dark"] as const;
/** Where axe looks: both layouts and both themes. */
const EXAMINED = new Set(["1280 light", "375 dark"]);

const LOADING = "main .animate-pulse, main [role=status][aria-label=Loading]";

/** Waits until nothing on the page is loading any more. */
export async function waitUntilLoaded(page: Page): Promise<void> {
  await page.locator("main h1").waitFor(); // by its tag: a dialog hides it from who cannot see
  await waitFor("the page to be loaded", async () => {
    const isLoaded = await page.evaluate<boolean>(
      `document.querySelectorAll("${LOADING}").length === 0 && document.fonts.status === "loaded"`,
    );
    return isLoaded || undefined;
  });
}

async function insistItFits(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate<readonly string[]>(`(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    return out.slice(-3).map((element) => element.outerHTML.slice(0, 200));
  })()`);
  assert.deepEqual(wide, [], `${what}: the page scrolls sideways`);
}

/** Looks at a page in every width and theme; fails for what does not fit and for what axe finds. */
export async function lookAt({ page, go }: WatchedPage, { name, path, act }: Look): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.setViewportSize({ width: WIDTHS[0], height: 860 });
  await page.emulateMedia({ colorScheme: THEMES[0] });
  await go(path);
  await waitUntilLoaded(page);
  await act?.(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width > 500 ? 860 : 780 });
    await waitUntilLoaded(page);
    for (const colorScheme of width === 360 ? [THEMES[0]] : THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
      const what = `${name} ${width} ${colorScheme}`;
      await insistItFits(page, what);
      if (EXAMINED.has(`${width} ${colorScheme}`)) await insistAccessible(page, what);
      if (width === 360) continue;
      const file = join(PICTURES, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
    }
  }
}
