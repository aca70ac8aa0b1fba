// docs/provider-guide.md, walked by somebody who has nothing but Node: from an empty folder to money in the wallet.
import { fetchProvider } from "@aimo-network/escrow/accounts/views";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import { address, createSolanaRpc } from "@solana/kit";
import type { Money } from "../../money/open-money.ts";
import type { GuideBlock } from "./guide-blocks.ts";
import type { GuideSite } from "./guide-site.ts";
import { moneyOf, walletOf } from "./guide-site.ts";
import { openReaderMachine } from "./reader-machine.ts";
import type { WalkedBlock } from "./walk-guide.ts";
import { walkGuide } from "./walk-guide.ts";

const FILE = new URL("../../../../../docs/provider-guide.md", import.meta.url);
const FEES = { lamports: 5_000_000n };
const BUYERS = { lamports: 10_000_000n, usdc: microUsdc(1_000_000n) };
const SETTLED_MS = 60_000; // a batch is due after half a second here, and lands in two
const LOOK_MS = 200;
const CONFIRMED = { commitment: "confirmed" } as const;

async function waitForEarnings({ rpcUrl, programId }: Money, routerId: string, wallet: string): Promise<void> {
  const router = await routerPlace({ programAddress: programId, routerId: address(routerId) });
  const dueMs = systemClock.monotonic() + SETTLED_MS;
  while (systemClock.monotonic() < dueMs) {
    const view = await fetchProvider(createSolanaRpc(rpcUrl), { router, owner: address(wallet) }, CONFIRMED);
    if (view?.provider !== undefined && view.provider.data.earnedTotal > 0n) return;
    await sleep(systemClock, LOOK_MS);
  }
  throw new Error(`waited ${SETTLED_MS} ms in vain for earnings of ${wallet}`);
}

/** Follows the provider guide word for word, with the packed programs; the network's demo model is what is sold. */
export async function walkProviderGuide(site: GuideSite): Promise<readonly WalkedBlock[]> {
  const { localnet, folder, tarballs } = site;
  const { file, modelUrl } = localnet;
  const money = moneyOf(site);
  if (modelUrl === undefined) throw new Error("the provider guide needs a demo model");
  const machine = openReaderMachine(folder, { tarballs, packages: ["aimo", "aimo-proxy"] });
  const before = async (block: GuideBlock, walked: readonly WalkedBlock[]): Promise<void> => {
    if (block.text.startsWith("aimo topup")) {
      await money.faucet.give(address(walletOf(walked, "aimo wallet new --id buyer.json")), BUYERS);
      await money.faucet.give(address(walletOf(walked)), FEES);
    }
    if (block.text.startsWith("aimo provider withdraw")) await waitForEarnings(money, file.router_id, walletOf(walked));
  };
  return await walkGuide({
    file: FILE,
    folder: machine.home,
    environment: { ...machine.environment, AIMO_RPC_URL: money.rpcUrl },
    instead: {
      ...machine.installs,
      "https://router.example": file.router_url,
      "http://localhost:11434/v1": modelUrl,
      'model = "llama3.2"': 'model = "demo"',
    },
    isReady: /serving|open for business|connected/i,
    before,
  });
}
