// A router, or whoever speaks through it, that puts markup into names and errors, and nonsense into amounts: the page shows
// text, runs nothing, and goes on.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestContext } from "node:test";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { Browser, Page, Route } from "playwright-core";
import type { Network } from "../network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { enterSignedIn, startConsoleNetwork, waitForSignedIn } from "./console-network.ts";
import { waitUntilLoaded } from "./page-looks.ts";

const MARKUP = `<img src="/trap" onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>`;

/** Puts markup behind every text of an answer that is shown as it is; what is parsed (ids, amounts, times) stays. */
function withMarkup(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => withMarkup(one, name));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withMarkup(one, key)]));
  }
  const isShown = ["name", "description", "words", "label", "software", "version", "message"].includes(name);
  return isShown && typeof value === "string" ? `${value} ${MARKUP}` : value;
}

describe("a router that says odd things", () => {
  let network: Network;
  let browser: Browser;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleNetwork({ withProvider: true }), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await network.stop();
  });

  interface Opened {
    readonly page: Page;
    go(path: string): Promise<void>;
    insistInert(): Promise<void>;
  }
  const open = async (t: TestContext, expected: readonly RegExp[] = []): Promise<Opened> => {
    const { page, go } = await openPage(t, browser, network.file.router_url, { expected });
    const wallet = loadWallet(network.file.user.wallet_file);
    await enterSignedIn(page, network.file.router_url, wallet);
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    return {
      page,
      go,
      async insistInert() {
        assert.equal(await page.evaluate("globalThis.hacked"), undefined);
        assert.equal(await page.locator("main img[src='/trap'], main script").count(), 0);
        assert.deepEqual(
          paths.filter((path) => path === "/trap"),
          [],
        );
      },
    };
  };
  const chatEvents = (usage: object): string => {
    const about = { id: "gen-1", object: "chat.completion.chunk", created: 1, model: network.file.model };
    const events = [
      { ...about, choices: [{ index: 0, delta: { role: "assistant", content: "said" }, finish_reason: null }] },
      { ...about, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { ...about, choices: [], usage },
    ];
    return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"].join("");
  };

  test("markup in names is text on every page", async (t) => {
    const { page, go, insistInert } = await open(t);
    await page.route("**/api/v1/**", async (route: Route) => {
      if (/\/(?:events|auth\/\w+)$/.test(new URL(route.request().url()).pathname)) return route.fallback();
      const answer = await route.fetch();
      if (!answer.headers()["content-type"]?.startsWith("application/json")) return route.fulfill({ response: answer });
      await route.fulfill({ response: answer, json: withMarkup(await answer.json()) });
    });
    const { model, provider } = network.file;
    for (const path of ["/", `/models/${model}`, `/providers/${provider.wallet}`, "/keys", "/activity"]) {
      await go(path);
      await waitUntilLoaded(page);
      await insistInert();
    }
    await go("/");
    await page.getByText("<script>").first().waitFor();
  });

  test("an error with markup is told as text, with a way to try again", async (t) => {
    const { page, go, insistInert } = await open(t, [/status of 500/]);
    const error = { message: `broken ${MARKUP}`, type: "server_error", code: 500, param: null, metadata: {} };
    await page.route("**/api/v1/keys?*", (route) => route.fulfill({ status: 500, json: { error } }));
    await go("/keys");
    await page.getByRole("alert").getByText("broken <img").waitFor({ timeout: 30_000 });
    await insistInert();
    await page.unroute("**/api/v1/keys?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  for (const [what, usage] of Object.entries({
    "more than there is": { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 1e30 },
    "less than nothing": { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: -5 },
    "no number": { prompt_tokens: "many", completion_tokens: null, total_tokens: {}, cost: `1 ${MARKUP}` },
    "a tiny one": { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 1e-30 },
  })) {
    test(`a cost that is ${what} breaks nothing`, async (t) => {
      const { page, go, insistInert } = await open(t);
      await page.route("**/api/v1/chat/completions", (route) =>
        route.fulfill({ headers: { "content-type": "text/event-stream" }, body: chatEvents(usage) }),
      );
      await go(`/playground?model=${network.file.model}`);
      await waitForSignedIn(page, network.file.user.wallet);
      await page.getByLabel("Your question").fill("Hello");
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText("said", { exact: true }).waitFor();
      await page.getByText("has ended its answer").waitFor({ state: "attached" });
      await insistInert();
      await page.getByRole("button", { name: "Clear" }).click();
      await page.getByText("Ask something", { exact: true }).waitFor();
    });
  }
});
