// A real browser for the console's tests, and pages that watch for everything that must not happen on them.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const WAIT_MS = 15_000; // for an element; localnet answers in milliseconds, a busy machine draws late

/** Where this machine has a browser; undefined where it has none. */
const browserPath: string | undefined = [process.env["AIMO_CHROMIUM"] ?? "", ...PLACES].find((path) =>
  existsSync(path),
);

/** Starts the browser; its sandbox needs a kernel that lets it, which containers often do not. */
export function openBrowser(): Promise<Browser> {
  assert.ok(
    browserPath !== undefined,
    "The console's tests need Chromium. On Debian, as root: apt-get install chromium",
  );
  return chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** How a page is opened. */
export interface PageOptions extends Pick<BrowserContextOptions, "viewport" | "colorScheme" | "reducedMotion"> {
  /** Origins beside the router's that the page may ask: the Solana RPC endpoint. */
  readonly mayAsk?: readonly string[];
  /** Messages in the console that the test provokes. */
  readonly expected?: readonly RegExp[];
}

/** A page under watch. */
export interface WatchedPage {
  readonly page: Page;
  /** What has happened that must not: errors in its console, thrown errors, refusals of its policy, requests elsewhere. */
  readonly faults: readonly string[];
  /** Goes to a path of the router's. */
  go(path: string): Promise<void>;
  /** Another tab of the same profile, under the same watch. */
  openTab(): Promise<Page>;
}

/** Opens a page with a fresh profile; the test fails in the end for whatever must not happen on one. */
export async function openPage(
  t: Pick<TestContext, "after">,
  browser: Browser,
  origin: string,
  { mayAsk = [], expected = [], ...options }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    permissions: ["clipboard-read", "clipboard-write"],
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(WAIT_MS);
  const faults: string[] = [];
  const report = (fault: string): void => {
    if (!expected.some((pattern) => pattern.test(fault))) faults.push(fault);
  };
  const allowed = new Set([origin, ...mayAsk]);
  const openTab = async (): Promise<Page> => {
    const page = await context.newPage();
    page.on("console", (line) => {
      const { url } = line.location();
      if (line.type() === "error" || line.type() === "warning") report(`console: ${line.text()} ${url}`);
    });
    page.on("pageerror", (error) => report(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && !allowed.has(url.origin)) report(`asked ${url.origin}${url.pathname}`);
    });
    return page;
  };
  const page = await openTab();
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, [], "what must not happen on a page");
  });
  return {
    page,
    faults,
    openTab,
    async go(path) {
      await page.goto(`${origin}${path}`, { waitUntil: "load" });
    },
  };
}
