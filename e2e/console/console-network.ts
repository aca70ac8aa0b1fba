// A network whose router serves the console, and its people as pages show them.
import { base58 } from "@scure/base";
import type { LocalnetOptions } from "@aimo-network/localnet/localnet";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { Page } from "playwright-core";
import type { MoneyNetwork } from "../money-network.ts";
import { startMoneyNetwork } from "../money-network.ts";
import type { Network } from "../network.ts";
import { startNetwork } from "../network.ts";

/** Instead of the sources' own console: the folder of one that was built before. */
const BUILT = process.env["AIMO_CONSOLE_DIR"];

function consoleOptions({ routerSettings, ...more }: Partial<LocalnetOptions>): Partial<LocalnetOptions> {
  if (BUILT === undefined)
    return { ...more, withConsole: true, ...(routerSettings !== undefined && { routerSettings }) };
  return { ...more, routerSettings: { AIMO_CONSOLE_DIR: BUILT, ...routerSettings } };
}

/** A network without a chain that serves the console. */
export function startConsoleNetwork(more: Partial<LocalnetOptions> = {}): Promise<Network> {
  return startNetwork(consoleOptions(more));
}

/** A network with a chain that serves the console. */
export function startConsoleMoneyNetwork(more: Partial<LocalnetOptions> = {}): Promise<MoneyNetwork> {
  return startMoneyNetwork(consoleOptions(more));
}

/** An address as the console shortens it. */
function shortAddress(address: string): string {
  return `${address.slice(0, 4)}…${address.slice(-4)}`;
}

/** Opens the dialog and chooses a wallet by its name. */
export async function chooseWallet(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  if (!(await dialog.isVisible()))
    await page
      .getByRole("banner")
      .getByRole("button", { name: /^Connect/ })
      .click();
  await dialog.getByRole("button", { name }).click();
}

/** Waits until the head of the page shows who is signed in. */
export async function waitForSignedIn(page: Page, address: string): Promise<void> {
  await page.getByRole("button", { name: `Wallet ${shortAddress(address)}` }).waitFor();
}

/** Waits until the head of the page shows that nobody is signed in. */
export async function waitForSignedOut(page: Page): Promise<void> {
  await page
    .getByRole("banner")
    .getByRole("button", { name: /^Connect/ })
    .waitFor();
}

/** Signs a wallet in without its page: by the router's API, with the cookie put into the page's profile. */
export async function enterSignedIn(page: Page, origin: string, wallet: Wallet): Promise<void> {
  const address = base58.encode(wallet.publicKey);
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${origin}/api/v1/auth/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const { message } = (await (await post("challenge", { address })).json()) as { message: string };
  const signature = base58.encode(await wallet.sign(new TextEncoder().encode(message)));
  const login = await post("login", { address, message, signature });
  const [pair = ""] = login.headers.get("set-cookie")?.split(";") ?? [];
  const [name = "", value = ""] = pair.split("=");
  await page.context().addCookies([{ name, value, url: origin, httpOnly: true, sameSite: "Strict" }]);
  await page.context().addInitScript((who) => localStorage.setItem("aimo-signed-in", who), address);
}
