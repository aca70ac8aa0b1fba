// Registers the test wallet with this page, as an extension would.
import { getWallets } from "@wallet-standard/app";
import { markTestWallet } from "../test-mark.ts";
import { openTestKey } from "./test-key.ts";
import { createTestWallet } from "./test-wallet.ts";

/** Registers it; to be called once, and only by the build of the localnet. */
export async function register(): Promise<void> {
  const wallet = createTestWallet(await openTestKey(localStorage), localStorage);
  markTestWallet(wallet);
  getWallets().register(wallet);
}
