// A thousand models and a hundred thousand answers: the page draws what is seen, the last of them can be reached, and search
// finds one. The router's own answers are multiplied on their way to the page.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { Browser, Locator, Page } from "playwright-core";
import type { Network } from "../network.ts";
import { waitFor } from "../network.ts";
import { askOnce } from "../money-requests.ts";
import { openBrowser, openPage } from "./browser.ts";
import { enterSignedIn, startConsoleNetwork, waitForSignedIn } from "./console-network.ts";
import { waitUntilLoaded } from "./page-looks.ts";

const MODELS = 1_000;
const GENERATIONS = 100_000;
const GENERATIONS_PER_PAGE = 2_500; // more than a router gives at once: the test is of the list, not of a thousand requests
const ELEMENTS_MAX = 2_500;

interface Listed {
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

const numbered = (number: number): string => String(number).padStart(6, "0");

describe("crowds", () => {
  let network: Network;
  let browser: Browser;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleNetwork({ withProvider: true }), openBrowser()]);
    const { router_url: url, model, user } = network.file;
    assert.equal((await askOnce({ url, key: user.api_key, model, maxTokens: 20 })).status, 200);
  });
  after(async () => {
    await browser.close();
    await network.stop();
  });

  const insistFew = async (page: Page): Promise<void> => {
    const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
    assert.ok(elements < ELEMENTS_MAX, `${elements} elements`);
  };
  /** Scrolls to the end until that is the end indeed, counting what is drawn at each step. */
  const scrollTo = async (page: Page, last: Locator): Promise<void> => {
    await waitFor("the last of them", async () => {
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      await insistFew(page);
      return (await last.isVisible()) || undefined;
    });
  };

  for (const viewport of [
    { width: 1280, height: 860 },
    { width: 768, height: 1024 },
    { width: 375, height: 780 },
  ]) {
    test(`a thousand models at ${viewport.width} pixels`, async (t) => {
      const { page, go } = await openPage(t, browser, network.file.router_url, { viewport });
      await page.route("**/api/v1/models?*", async (route) => {
        const url = new URL(route.request().url());
        const [offset, limit] = ["offset", "limit"].map((name) =>
          Number.parseInt(url.searchParams.get(name) ?? "0", 10),
        );
        const wanted = url.searchParams.get("q") ?? "";
        for (const name of ["offset", "limit", "q"]) url.searchParams.delete(name);
        const { data } = (await (await route.fetch({ url: `${url.origin}/api/v1/models` })).json()) as Listed;
        const all = Array.from({ length: MODELS }, (_, index) => {
          const id = `crowd/model-${numbered(index)}`;
          return { ...data[0], id, canonical_slug: id, name: `Model ${numbered(index)}` };
        }).filter(({ id }) => id.includes(wanted));
        const [from = 0, most = 100] = [offset, limit];
        const next = from + most < all.length ? `/api/v1/models?offset=${from + most}` : null;
        const json = { object: "list", data: all.slice(from, from + most), total_count: all.length, links: { next } };
        await route.fulfill({ json });
      });
      await go("/");
      await waitUntilLoaded(page);
      await page
        .getByText(/1,000 models/)
        .first()
        .waitFor();
      await insistFew(page);
      const first = page.getByRole("link", { name: `Model ${numbered(0)}` });
      assert.ok(await first.evaluate((link) => link.scrollWidth <= link.clientWidth), "its name is not cut");
      await scrollTo(page, page.getByRole("link", { name: `Model ${numbered(MODELS - 1)}` }));
      await page.evaluate("scrollTo(0, 0)");
      await page.getByRole("link", { name: `Model ${numbered(0)}` }).waitFor();
      await page.getByLabel(/^Search/).fill("model-000777");
      await page.getByRole("link", { name: "Model 000777" }).waitFor();
      await page.getByRole("link", { name: `Model ${numbered(0)}` }).waitFor({ state: "detached" });
    });
  }

  test("a hundred thousand answers", async (t) => {
    const expected = [/status of 404 .*\/generation\?id=gen-/]; // the router has none of them, should its page come to ask
    const { page, go } = await openPage(t, browser, network.file.router_url, { expected });
    const wallet = loadWallet(network.file.user.wallet_file);
    await enterSignedIn(page, network.file.router_url, wallet);
    let pages = 0;
    let one: Listed | undefined;
    await page.route("**/api/v1/generations?*", async (route) => {
      const { origin, searchParams } = new URL(route.request().url());
      const from = Number.parseInt(searchParams.get("cursor") ?? "0", 10);
      one ??= (await (await route.fetch({ url: `${origin}/api/v1/generations?limit=1` })).json()) as Listed;
      const [first] = one.data;
      const told = Array.from({ length: GENERATIONS_PER_PAGE }, (_, index) => ({
        ...first,
        id: `gen-${numbered(999_999 - from - index)}`, // the newest first
        model: `crowd/answer-${numbered(from + index)}`,
      }));
      pages += 1;
      const next = from + GENERATIONS_PER_PAGE < GENERATIONS ? `${from + GENERATIONS_PER_PAGE}` : null;
      await route.fulfill({ json: { data: told, next_cursor: next } });
    });
    await go("/activity");
    await waitForSignedIn(page, wallet.address);
    await waitUntilLoaded(page);
    await page.getByText("crowd/answer-000000").first().waitFor();
    const last = page.getByText(`crowd/answer-${numbered(GENERATIONS - 1)}`);
    for (let had = pages; had < GENERATIONS / GENERATIONS_PER_PAGE; had = pages) {
      await waitFor(`the page after ${pages}`, async () => {
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
        return pages > had || undefined;
      });
      await insistFew(page);
    }
    await scrollTo(page, last);
    await page.evaluate("scrollTo(0, 0)");
    await page.getByText("crowd/answer-000000").first().waitFor();
    await insistFew(page);
    await page
      .getByRole("link", { name: /^\d\d-\d\d / })
      .first()
      .click(); // and it answers at once
    await page.getByRole("heading", { level: 1, name: "Answer" }).waitFor();
  });
});
