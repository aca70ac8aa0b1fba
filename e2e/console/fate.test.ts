// Who is believed about what became of a transaction: the chain by the person's own node, and no router that says otherwise.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { Browser, Page, Route } from "playwright-core";
import type { MoneyNetwork } from "../money-network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet, startConsoleMoneyNetwork, waitForSignedIn } from "./console-network.ts";
import { addScriptedWallet } from "./scripted-wallet.ts";

const NAME = "Scripted wallet";
const HAND_IN = "**/api/v1/account/transactions";
const ASK = "**/api/v1/account/transactions/*";
const CONFIRMED = "Confirmed by the chain.";
const LANDING_MS = 60_000; // blocks of a local chain take a second, a busy machine takes its time

interface RpcCall {
  readonly id: unknown;
  readonly method: string;
}

describe("the fate of a transaction", () => {
  let network: MoneyNetwork;
  let browser: Browser;
  const closing: (() => unknown)[] = [];

  before(async () => {
    [network, browser] = await Promise.all([startConsoleMoneyNetwork({ withProvider: false }), openBrowser()]);
  });
  after(async () => {
    const closed = await Promise.allSettled(closing.map((close) => close()));
    await browser.close();
    await network.stop();
    for (const one of closed) if (one.status === "rejected") throw one.reason;
  });

  const enter = async (who: Wallet, expected: readonly RegExp[] = []): Promise<Page> => {
    const mayAsk = [network.chain.place.rpcUrl];
    const later = { after: (close: unknown) => void closing.push(close as () => unknown) };
    const { page, go } = await openPage(later, browser, network.file.router_url, { mayAsk, expected });
    const { address } = await addScriptedWallet(page, who, { name: NAME });
    await go("/credits");
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, address);
    return page;
  };
  const askForDeposit = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Deposit", exact: true }).click();
    await page.getByLabel("Amount in USDC").fill("1");
    await page.getByRole("dialog").getByRole("button", { name: "Deposit 1 USDC" }).click();
  };
  const deposit = async (page: Page): Promise<void> => {
    await askForDeposit(page);
    await page.getByRole("button", { name: `Sign with ${NAME}` }).click();
  };
  const say = async (page: Page, status: string): Promise<void> => {
    const data = { signature: "5".repeat(88), status, slot: 1, failure: status === "failed" ? "no." : null };
    await page.route(ASK, (route: Route) => route.fulfill({ json: { data } }));
  };
  const balanceOf = async (address: Parameters<MoneyNetwork["chain"]["user"]>[0]): Promise<bigint | undefined> =>
    (await network.chain.user(address)).escrow?.data.balance;

  test("what the router says it has landed, and never sent, is not confirmed", async () => {
    const user = await network.newUser({ deposit: "5", usdc: "20" });
    const page = await enter(user.wallet);
    let isHandedIn = false;
    await page.route(HAND_IN, (route) => {
      isHandedIn = true;
      return route.fulfill({
        json: { data: { signature: "5".repeat(88), status: "sent", slot: null, failure: null } },
      });
    });
    await say(page, "confirmed");
    let height = 1_000;
    await page.route(`${network.chain.place.rpcUrl}/**`, async (route) => {
      const { id, method } = (route.request().postDataJSON() ?? {}) as RpcCall;
      if (method !== "getBlockHeight" || !isHandedIn) return route.fallback();
      height += 1_000; // its last block has passed
      return route.fulfill({ json: { jsonrpc: "2.0", id, result: height } });
    });
    await deposit(page);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The router says that it has landed").waitFor({ timeout: LANDING_MS });
    assert.equal(await dialog.getByText(CONFIRMED).count(), 0);
    assert.equal(await dialog.getByRole("button", { name: "Try again" }).count(), 0);
    assert.equal(await balanceOf(user.address), 5_000_000n);
  });

  for (const [what, status, answer] of [
    ["is said to have failed", "failed", undefined],
    ["is refused by the router that sends it", "sent", { error: { message: "No.", metadata: { error_code: "no" } } }],
  ] as const) {
    test(`what lands and ${what} is confirmed, and is not to be paid again`, async () => {
      const user = await network.newUser({ deposit: "5", usdc: "20" });
      const page = await enter(user.wallet, [/status of 400/]);
      await page.route(HAND_IN, async (route) => {
        const honest = await route.fetch();
        await (answer === undefined
          ? route.fulfill({ response: honest })
          : route.fulfill({ status: 400, json: answer }));
      });
      await say(page, status);
      await page.route(`${network.chain.place.rpcUrl}/**`, async (route) => {
        const { method } = (route.request().postDataJSON() ?? {}) as RpcCall;
        if (method === "getSignatureStatuses") await page.waitForTimeout(1_000); // the liar is heard first
        await route.fallback();
      });
      await deposit(page);
      await page.getByRole("dialog").getByText(CONFIRMED).waitFor({ timeout: LANDING_MS });
      assert.equal(await balanceOf(user.address), 6_000_000n);
    });
  }

  test("answers of the router that make no sense leave the way out on the page", async () => {
    const user = await network.newUser({ deposit: "5" });
    const page = await enter(user.wallet, [/./]); // React tells of each part that it could not draw
    const odd = { available: "-1", locked: null, withdrawing: "1e5", payable: [], lockable: {}, deposited: 7 };
    await page.route("**/api/v1/account/balance", (route) => route.fulfill({ json: { data: odd } }));
    await page.route("**/api/v1/events", (route) => {
      const body = `event: balance\ndata: ${JSON.stringify(odd)}\n\n`;
      return route.fulfill({ contentType: "text/event-stream", body });
    });
    for (const list of ["deposits", "withdrawals"]) {
      const json = { data: [{ id: "x", amount: null, state: "router-signed" }, 1, null], next_cursor: 5 };
      await page.route(`**/api/v1/account/${list}?**`, (route) => route.fulfill({ json }));
    }
    await page.reload();
    await page.getByText("what it says of “available” is no amount").waitFor();
    await page.getByText("What the router tells here cannot be shown.").first().waitFor();
    await page.getByRole("button", { name: "Request the exit" }).click();
    await page.getByRole("button", { name: `Sign with ${NAME}` }).click();
    await page.getByRole("dialog").getByText(CONFIRMED).waitFor({ timeout: LANDING_MS });
    assert.notEqual((await network.chain.user(user.address)).escrow?.data.exitRequestedAt, 0n);
  });

  test("what is cancelled while the router takes its time can be asked for again", async () => {
    const user = await network.newUser({ deposit: "5", usdc: "20" });
    const page = await enter(user.wallet);
    const held = Promise.withResolvers<void>();
    let asked = 0;
    await page.route("**/api/v1/account/deposit", async (route) => {
      asked += 1;
      if (asked === 1) await held.promise;
      await route.fallback();
    });
    await askForDeposit(page);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Making the transaction").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    await deposit(page);
    held.resolve();
    await dialog.getByText(CONFIRMED).waitFor({ timeout: LANDING_MS });
    assert.equal(asked, 2);
    assert.equal(await balanceOf(user.address), 6_000_000n);
  });
});
