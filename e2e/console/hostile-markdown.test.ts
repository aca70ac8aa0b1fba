// What a model writes does nothing to whoever reads it: nothing runs, nothing is asked for, everything can be read.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestContext } from "node:test";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { Browser, Locator, Page } from "playwright-core";
import type { Network } from "../network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { enterSignedIn, startConsoleNetwork, waitForSignedIn } from "./console-network.ts";
import { HOSTILE_ANSWERS, MEGABYTE, TRAP } from "./test-bed/hostile-answers.ts";
import type { ToldModel } from "./test-bed/told-model.ts";
import { startToldModel } from "./test-bed/told-model.ts";

const MODEL = "test/told";

/** What is on the page of an answer that should not be; its own icons are no strangers'. */
function strangersIn(answer: Element): string[] {
  const forbidden =
    "script,iframe,object,embed,img,video,audio,form,style,link,meta,base,math,marquee,svg:not(.lucide)";
  const found = [...answer.querySelectorAll(forbidden)].map((element) => element.outerHTML);
  for (const element of answer.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on") || name === "srcdoc" || name === "action") found.push(`${name}=${value}`);
      if (name === "href" && !/^(?:https?:\/\/|mailto:|\/(?:providers|activity)\/|#answer-)/.test(value))
        found.push(value);
    }
    const isElsewhere = element instanceof HTMLAnchorElement && element.host !== location.host && element.host !== "";
    if (isElsewhere && !(element.target === "_blank" && element.relList.contains("noopener"))) {
      found.push(`a link that can reach back: ${element.outerHTML}`);
    }
    if (getComputedStyle(element).position === "fixed") found.push(`over the page: ${element.outerHTML}`);
  }
  return found;
}

describe("what a model writes", () => {
  let network: Network;
  let browser: Browser;
  let model: ToldModel;
  before(async () => {
    [network, browser, model] = await Promise.all([
      startConsoleNetwork({ withProvider: false }),
      openBrowser(),
      startToldModel(),
    ]);
    await network.startProvider({ models: ["told"], upstreamUrl: model.url });
  });
  after(async () => {
    await browser.close();
    await network.stop();
    await model.close();
  });

  interface Playground {
    readonly page: Page;
    /** Sends a question and waits for the end of its answer. */
    ask(): Promise<Locator>;
    /** Paths that were asked of the router. */
    readonly paths: readonly string[];
  }

  const open = async (t: TestContext): Promise<Playground> => {
    const { page, go } = await openPage(t, browser, network.file.router_url);
    const wallet = loadWallet(network.file.user.wallet_file);
    await enterSignedIn(page, network.file.router_url, wallet);
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    page.on("dialog", (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
    page.on("framenavigated", (frame) => assert.equal(new URL(frame.url()).pathname, "/playground"));
    await go(`/playground?model=${MODEL}`);
    await waitForSignedIn(page, wallet.address);
    const turns = page.locator(`section[aria-label="${MODEL}"] > ol > li`);
    const ask = async (): Promise<Locator> => {
      const earlier = await turns.count();
      await page.getByLabel("Your question").fill("Go on");
      await page.getByRole("button", { name: "Send" }).click();
      const turn = turns.nth(earlier);
      await turn.getByText("has ended its answer").waitFor({ state: "attached", timeout: 40_000 });
      return turn;
    };
    return { page, ask, paths };
  };
  const insistInert = async (page: Page, turn: Locator, paths: readonly string[]): Promise<void> => {
    assert.deepEqual(await turn.evaluate(strangersIn), []);
    assert.equal(await page.evaluate("globalThis.hacked"), undefined);
    assert.deepEqual(
      paths.filter((path) => path.startsWith(TRAP)),
      [],
    );
    assert.equal(await page.evaluate("document.body.scrollWidth > innerWidth"), false, "the page scrolls sideways");
  };

  for (const [what, text] of Object.entries(HOSTILE_ANSWERS)) {
    test(`${what}: nothing runs, nothing is asked for, it can be read`, async (t) => {
      const { page, ask, paths } = await open(t);
      model.says = text;
      const turn = await ask();
      assert.match((await turn.textContent()) ?? "", /seen/); // parts of a long answer are drawn when they are seen
      await insistInert(page, turn, paths);
      model.says = "fine";
      await (await ask()).getByText("fine").waitFor();
    });
  }

  test("thoughts and what a provider fails with are text, too", async (t) => {
    const { page, ask, paths } = await open(t);
    Object.assign(model, { says: "before", thinks: HOSTILE_ANSWERS["HTML within a line"], fails: undefined });
    t.after(() => Object.assign(model, { thinks: "", fails: undefined }));
    const thought = await ask();
    await thought.getByText("Thought before it answered").click();
    assert.match((await thought.textContent()) ?? "", /seen <script>/);
    await insistInert(page, thought, paths);
    Object.assign(model, { thinks: "", fails: `<img src="${TRAP}" onerror="globalThis.hacked=1"> **seen**` });
    await insistInert(page, await ask(), paths);
  });

  test("a megabyte of it leaves the page usable", async (t) => {
    const { page, ask, paths } = await open(t);
    model.says = MEGABYTE;
    const turn = await ask();
    await insistInert(page, turn, paths);
    const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
    assert.ok(elements < 60_000, `${elements} elements`);
    model.says = "fine";
    await (await ask()).getByText("fine").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("Ask something", { exact: true }).waitFor();
  });
});
