// The console's story, in one browser and against `npm start`: from a wallet to a paid answer, and from a provider key to
// earnings in the wallet. Every step is done by what is on the page; the chain and the API only confirm it.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { address } from "@solana/kit";
import OpenAI from "openai";
import type { Browser, Locator, Page } from "playwright-core";
import type { MoneyChain } from "../money-chain.ts";
import { openMoneyChain } from "../money-chain.ts";
import { waitFor, waitForOffer } from "../network.ts";
import type { WatchedPage } from "./browser.ts";
import { openBrowser, openPage } from "./browser.ts";
import { chooseWallet } from "./console-network.ts";
import { signAndLand } from "./signing-dialog.ts";
import type { NpmStarted } from "./test-bed/npm-start.ts";
import { npmStart } from "./test-bed/npm-start.ts";
import type { ToldModel } from "./test-bed/told-model.ts";
import { startToldModel } from "./test-bed/told-model.ts";

const WALLET = "Test wallet (localnet)";
const PROXY = fileURLToPath(new URL("../../packages/proxy/src/main.ts", import.meta.url));
const SOLD = "story/told";
/** USDC per million tokens, so that the nine tokens of an answer are worth withdrawing. */
const PRICE = "1000";
const SLOW_LINE = 6_000; // bytes per second
const ANSWER_COST = 9_000_000n; // nano-USDC: nine tokens of it

/** Titles have all digits: `0.000123 USDC`. */
async function amountIn(place: Locator): Promise<bigint> {
  const title = (await place.getAttribute("title")) ?? "";
  return parseNanoUsdc(title.replace(/ USDC$/, ""));
}

describe("the console's story", () => {
  let directory: string;
  let localnet: NpmStarted;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let model: ToldModel;
  let chain: MoneyChain;
  let proxy: ChildProcess | undefined;
  let wallet: string;
  const closing: (() => unknown)[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "aimo-story-"));
    [localnet, browser, model] = await Promise.all([npmStart(directory), openBrowser(), startToldModel()]);
    const { router_url: url, router_id: id, rpc_url: rpcUrl = "", program_id: program = "", mint = "" } = localnet.file;
    const router = await routerPlace({ programAddress: address(program), routerId: address(id) });
    chain = openMoneyChain({ rpcUrl, router, mint: address(mint) });
    watched = await openPage({ after: (close) => void closing.push(close as () => unknown) }, browser, url, {
      mayAsk: [rpcUrl],
    });
    ({ page } = watched);
    await watched.go("/");
  });
  after(async () => {
    const closed = await Promise.allSettled(closing.map((close) => close())); // a page says what must not have happened
    await browser.close();
    if (proxy?.exitCode === null) {
      proxy.kill();
      await once(proxy, "exit");
    }
    await localnet.stop();
    await model.close();
    rmSync(directory, { recursive: true, force: true });
    for (const one of closed) if (one.status === "rejected") throw one.reason;
  });

  const goBy = async (name: string, heading: string | RegExp = name): Promise<void> => {
    await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name }).click();
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  };
  const shown = (name: string): Promise<string> => page.getByRole("region", { name }).innerText();
  const askRouter = async <Answer>(path: string): Promise<Answer> =>
    (await page.evaluate(`fetch("/api/v1${path}").then((answer) => answer.json())`)) as Answer;
  const client = (apiKey: string): OpenAI =>
    new OpenAI({ baseURL: `${localnet.file.router_url}/api/v1`, apiKey, maxRetries: 0 });

  test("somebody comes with the test wallet, and gets test money", async () => {
    await page.getByRole("heading", { level: 1, name: "Models" }).waitFor();
    await chooseWallet(page, WALLET);
    await page.getByRole("button", { name: /^Wallet / }).waitFor();
    wallet = await page.evaluate<string>("localStorage.getItem('aimo-signed-in')");
    await goBy("Credits");
    await page.getByRole("button", { name: "Get 100 USDC and 1 SOL" }).click();
    await page.getByText("The test wallet has 100 USDC and 1 SOL more.").waitFor();
    assert.equal(await chain.tokens(address(wallet)), 100_000_000n);
  });

  test("deposits 5 USDC", async () => {
    await page.getByRole("button", { name: "Deposit USDC" }).click();
    await page.getByLabel("Amount in USDC").fill("5");
    await page.getByRole("dialog").getByRole("button", { name: "Deposit 5 USDC" }).click();
    await signAndLand(page, WALLET, [/deposit[^.]* 5 USDC/i, /fee/i]);
    await page.getByText("5 USDC can be spent now.").waitFor();
    await page.getByRole("definition").getByTitle("5 USDC", { exact: true }).first().waitFor();
    assert.equal(await chain.tokens(address(wallet)), 95_000_000n);
    const { escrow } = await chain.user(address(wallet));
    assert.equal(escrow?.data.balance, 5_000_000n);
  });

  test("generates an API key, which works with an OpenAI client", async () => {
    await goBy("API keys");
    await page.getByRole("button", { name: "Generate API Key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("story");
    await dialog.getByRole("button", { name: "Generate key" }).click();
    await dialog.getByRole("button", { name: "Show the key" }).click();
    const key = /^aimo-sk-\S+$/m.exec(await dialog.innerText())?.[0] ?? "";
    await dialog.getByRole("button", { name: "I have saved it" }).click();
    const answer = await client(key).chat.completions.create({
      model: localnet.file.model,
      max_tokens: 50,
      messages: [{ role: "user", content: "Hello" }],
    });
    assert.ok((answer.choices[0]?.message.content ?? "").length > 0);
    await page.getByRole("listitem").filter({ hasText: "story" }).first().waitFor();
  });

  test("asks in the playground: the answer streams, and costs exactly what the router says of it", async () => {
    await goBy("Playground");
    await page.getByRole("button", { name: `Model: ${localnet.file.model}` }).waitFor();
    await page.evaluate(`(() => {
      globalThis.lengths = new Set();
      const place = document.querySelector("main");
      const note = () => lengths.add(place.textContent.length);
      new MutationObserver(note).observe(place, { subtree: true, childList: true, characterData: true });
    })()`);
    // The demo model says everything at once: on a slow line what has come is drawn while the rest is on its way.
    const line = await page.context().newCDPSession(page);
    const conditions = { offline: false, latency: 0, uploadThroughput: -1 };
    await line.send("Network.emulateNetworkConditions", { ...conditions, downloadThroughput: SLOW_LINE });
    await page.getByLabel("Your question").fill("Tell me of the network in some sentences.");
    await page.keyboard.press("Enter");
    const details = page.getByRole("link", { name: "Details" });
    await details.waitFor();
    await line.send("Network.emulateNetworkConditions", { ...conditions, downloadThroughput: -1 });
    const drawn = await page.evaluate<number>("lengths.size");
    assert.ok(drawn > 5, `the answer was drawn in ${drawn} steps`);
    const id = (await details.getAttribute("href"))?.split("/").at(-1) ?? "";
    const { data } = await askRouter<{ data: { cost: string; model: string } }>(`/generation?id=${id}`);
    const cost = parseNanoUsdc(data.cost);
    assert.ok(cost > 0n && data.model === localnet.file.model);
    const turn = page.getByRole("listitem").filter({ has: details });
    assert.equal(await amountIn(turn.locator("[title$=' USDC']").first()), cost);
    await goBy("Activity");
    const row = page.getByRole("row").filter({ has: page.locator(`a[href$="${id}"]`) });
    assert.equal(await amountIn(row.locator("[title$=' USDC']")), cost, "the activity has it, too");
    await row.getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: "Answer" }).waitFor();
    await page.getByTitle(`${data.cost} USDC`).first().waitFor();
  });

  test("generates a provider key, and a proxy that is started with what the page shows sells a model", async () => {
    await goBy("API keys");
    await page.getByRole("button", { name: "Generate Provider Key" }).click();
    const dialog = page.getByRole("dialog");
    assert.ok(await dialog.getByLabel("Earn only").isChecked());
    await dialog.getByLabel("Tag").fill("story");
    await dialog.locator("button[type=submit]").click();
    await dialog.getByRole("button", { name: "Show the key" }).click();
    const text = await dialog.innerText();
    const exported = /^export AIMO_PROVIDER_KEY=\S+$/m.exec(text)?.[0] ?? "";
    for (const [label, value] of [
      ["Address of your model API", model.url],
      ["Model, as your API calls it", "told"],
      ["Author", "story"],
      ["Name on the market", "told"],
      ["Price in, per million tokens", PRICE],
      ["Price out, per million tokens", PRICE],
    ] as const) {
      await dialog.getByLabel(label).fill(value);
    }
    writeFileSync(join(directory, "config.toml"), await shown("config.toml"));
    await dialog.getByRole("button", { name: "I have saved it" }).click();
    const script = `${exported}\nexec "${process.execPath}" "${PROXY}" --config config.toml`;
    const { PATH = "", NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, HOME: directory, NODE_COMPILE_CACHE };
    proxy = spawn("sh", ["-euc", script], { cwd: directory, env, stdio: "ignore" });
    await waitForOffer(localnet.file.router_url, SOLD, wallet);
    await goBy("Models");
    await page.getByLabel(/^Search/).fill("told");
    const link = page.getByRole("link", { name: /told/ }).first();
    await link.waitFor();
    await link.click();
    await page.getByText(SOLD).first().waitFor();
  });

  test("somebody else pays for an answer, and the provider sees it earn", async () => {
    model.says = "An answer that is paid.";
    const paid = await client(localnet.file.user.api_key).chat.completions.create({
      model: SOLD,
      max_tokens: 20,
      stream: true,
      messages: [{ role: "user", content: "Hello" }],
      stream_options: { include_usage: true },
    });
    let text = "";
    let cost: unknown;
    for await (const { choices, usage } of paid) {
      text += choices[0]?.delta.content ?? "";
      cost = (usage as { cost?: number } | undefined)?.cost ?? cost;
    }
    assert.equal(text, model.says);
    assert.equal(cost, 0.009);
    await goBy("Provide");
    await page.getByText(SOLD).first().waitFor();
  });

  test("withdraws the earnings: the wallet's balance rises by exactly that", async () => {
    await page.getByRole("tab", { name: "Withdraw" }).click();
    const most = page.getByRole("tabpanel").getByText("are ready").locator("[title$=' USDC']");
    const fee = (ANSWER_COST * 250n) / 10_000n;
    await waitFor("the answer to be settled", async () => {
      const isShown = (await most.count()) === 1;
      return (isShown && (await amountIn(most)) >= ANSWER_COST - fee - 1_000n) || undefined;
    });
    const had = await chain.tokens(address(wallet));
    assert.equal(had, 95_000_000n);
    await page.getByLabel("Amount in USDC").fill("0.005");
    await page.getByRole("button", { name: "Withdraw 0.005 USDC" }).click();
    await signAndLand(page, WALLET, [/withdraw[^.]* 0\.005 USDC|0\.005 USDC/i, /fee/i]);
    await page.getByText("were paid out and are confirmed on the chain").waitFor();
    assert.equal(await chain.tokens(address(wallet)), had + parseMicroUsdc("0.005"));
    const { provider } = await chain.provider(address(wallet));
    assert.equal(provider?.data.withdrawnTotal, 5_000n);
  });
});
