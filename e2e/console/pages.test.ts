// Every page as a stranger sees it: nothing fails, it fits, axe finds nothing, and it can be used without a mouse.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { MoneyNetwork } from "../money-network.ts";
import { waitFor } from "../network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { startConsoleMoneyNetwork } from "./console-network.ts";
import type { Look } from "./page-looks.ts";
import { lookAt, PICTURES, waitUntilLoaded } from "./page-looks.ts";

const openConnect = async (page: Page): Promise<void> => {
  await page
    .getByRole("banner")
    .getByRole("button", { name: /^Connect/ })
    .click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Test wallet/ })
    .waitFor();
};

describe("every page for a stranger", () => {
  let network: MoneyNetwork;
  let browser: Browser;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleMoneyNetwork({ withProvider: true }), openBrowser()]);
    await network.startProvider({ models: ["demo", "demo.fixed-4"] });
  });
  after(async () => {
    await browser.close();
    await network.stop();
  });

  const open: typeof openPage = (t, opened, origin, options) =>
    openPage(t, opened, origin, { mayAsk: [network.chain.place.rpcUrl], ...options });

  const looks = (): readonly Look[] => [
    { name: "market", path: "/" },
    { name: "market-nothing-found", path: "/?q=no-such-model" },
    { name: "model", path: `/models/${network.file.model}` },
    { name: "model-unknown", path: "/models/nobody/nothing" },
    { name: "providers", path: "/providers" },
    { name: "provider", path: `/providers/${network.file.provider.wallet}` },
    { name: "router", path: "/router" },
    { name: "routers", path: "/routers" },
    { name: "lost", path: "/no/such/page" },
    ...["playground", "keys", "credits", "activity", "provide"].map((name) => ({
      name: `${name}-stranger`,
      path: `/${name}`,
    })),
    { name: "activity-one-stranger", path: "/activity/gen-1" },
    { name: "connect", path: "/", act: openConnect },
  ];

  test("in every width and theme", async (t) => {
    // A model that nobody has is asked for, and the router says 404.
    for (const look of looks()) {
      await t.test(look.name, async (part) => {
        const expected = look.name === "model-unknown" ? [/status of 404/] : [];
        await lookAt(await open(part, browser, network.file.router_url, { expected }), look);
      });
    }
    t.diagnostic(`pictures are in ${PICTURES}`);
  });

  test("by the keyboard alone: the skip link, the theme, and a dialog that keeps and gives back the focus", async (t) => {
    const { page, go } = await open(t, browser, network.file.router_url);
    const focused = (): Promise<string> =>
      page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
    await go("/");
    await waitUntilLoaded(page);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "To the page");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.id"), "page");
    const connect = page.getByRole("banner").getByRole("button", { name: "Connect wallet" });
    await connect.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^Test wallet/ }).waitFor();
    for (let presses = 0; presses < 8; presses += 1) {
      await page.keyboard.press("Tab");
      assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), "the focus has left");
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await waitFor("the focus to come back", () =>
      connect.evaluate((button) => button === document.activeElement || undefined),
    );
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark", "the button beside it");
    await page.reload();
    assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark", "it is kept");
  });

  test("by the keyboard alone, on a phone: the menu opens, leads somewhere, and closes", async (t) => {
    const { page, go } = await open(t, browser, network.file.router_url, { viewport: { width: 375, height: 780 } });
    await go("/");
    await waitUntilLoaded(page);
    const menu = page.getByRole("button", { name: "Menu" });
    await menu.focus();
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog", { name: "AiMo Network" });
    await drawer.waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
    assert.ok(await menu.evaluate((button) => button === document.activeElement), "the focus is back at the button");
    await page.keyboard.press("Enter");
    await drawer.getByRole("link", { name: "This router" }).focus();
    await page.keyboard.press("Enter");
    await drawer.waitFor({ state: "hidden" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/router");
  });
});
