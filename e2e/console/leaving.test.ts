// The router is gone: who has the page open still gets the money out, by the chain alone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { passOnChain } from "../chain-time.ts";
import type { MoneyNetwork } from "../money-network.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet, startConsoleMoneyNetwork, waitForSignedIn } from "./console-network.ts";
import { waitUntilLoaded } from "./page-looks.ts";
import { addScriptedWallet } from "./scripted-wallet.ts";
import { signAndLand } from "./signing-dialog.ts";

const NAME = "Scripted wallet";
const EXIT_S = 3_600n;
/** What a browser says of a server that is not there. */
const GONE = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;

describe("a router that is gone", () => {
  let network: MoneyNetwork;
  let browser: Browser;
  before(async () => {
    [network, browser] = await Promise.all([startConsoleMoneyNetwork({ withProvider: false }), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await network.stop();
  });

  test("who has the page of credits open requests the exit, waits, and is paid", async (t) => {
    const { wallet: owner, address } = await network.newUser({ deposit: "3", usdc: "1" });
    const { page, go } = await openPage(t, browser, network.file.router_url, {
      mayAsk: [network.chain.place.rpcUrl],
      expected: [GONE],
    });
    const wallet = await addScriptedWallet(page, owner, { name: NAME });
    await go("/credits");
    await chooseWallet(page, NAME);
    await waitForSignedIn(page, wallet.address);
    await waitUntilLoaded(page);
    await page.getByRole("button", { name: "Request the exit" }).waitFor();
    await network.children.find(({ name }) => name === "router")?.kill();
    await page.getByRole("button", { name: "Request the exit" }).click();
    await signAndLand(page, NAME, [/exit|leave/i, /fee/i]);
    const { escrow } = await network.chain.user(address);
    assert.equal(escrow?.data.balance, 3_000_000n);
    const timer = page.getByRole("timer");
    await timer.getByText(/^Due in/).waitFor();
    assert.match(await timer.innerText(), /(?:1 hour|59 minutes|60 minutes)/);
    const end = page.getByRole("button", { name: "Have everything paid out" });
    assert.equal(await end.isDisabled(), true);
    await passOnChain(network.chain, EXIT_S + 1n);
    await timer.getByText(/^Due since/).waitFor({ timeout: 40_000 });
    await end.click();
    await signAndLand(page, NAME, [/3\.00 USDC/, /fee/i]);
    assert.equal(await network.chain.tokens(address), 4_000_000n);
  });
});
