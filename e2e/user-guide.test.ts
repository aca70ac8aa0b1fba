// docs/user-guide.md followed word for word in an empty folder, with the packed program: in, used, proven, and out again.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { GuideBlock } from "@aimo-network/localnet/test-bed/guide/guide-blocks";
import { outputOf, walletOf } from "@aimo-network/localnet/test-bed/guide/guide-site";
import { openReaderMachine } from "@aimo-network/localnet/test-bed/guide/reader-machine";
import { walkGuide } from "@aimo-network/localnet/test-bed/guide/walk-guide";
import type { WalkedBlock } from "@aimo-network/localnet/test-bed/guide/walk-guide";
import { microUsdc } from "@aimo-network/protocol/money";
import { address } from "@solana/kit";
import { packAll } from "../tools/pack/pack.ts";
import { passOnChain } from "./chain-time.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { openReaderFolder } from "./reader-folder.ts";

const GUIDE = new URL("../docs/user-guide.md", import.meta.url);
const USDC = 10_000_000n;

/** Every key that stands in a file below a folder. */
function keysBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile() && readFileSync(file, "utf8").includes("aimo-sk-"));
}

describe("the user guide", () => {
  let network: MoneyNetwork;
  before(async () => {
    network = await startMoneyNetwork({ withProvider: true });
  });
  after(() => network.stop());

  const prepare = async ({ text }: GuideBlock, walked: readonly WalkedBlock[]): Promise<void> => {
    if (text.startsWith("aimo topup")) {
      const gift = { lamports: 50_000_000n, usdc: microUsdc(USDC) };
      await network.money?.faucet.give(address(walletOf(walked)), gift);
    }
    if (text.startsWith("aimo verify") || text.startsWith("aimo exit request")) await network.insistOnAgreement();
    // The localnet's router lets users wait an hour.
    if (text.startsWith("aimo exit finalize")) await passOnChain(network.chain, 3_601n);
  };

  test("followed word for word deposits, pays, proves what was paid, and gets everything else back", async (t) => {
    const { folder, tarballs } = await openReaderFolder(t, packAll);
    const machine = openReaderMachine(folder, { tarballs, packages: ["aimo"] });
    const walked = await walkGuide({
      file: GUIDE,
      folder: machine.home,
      environment: { ...machine.environment, AIMO_RPC_URL: network.chain.place.rpcUrl },
      instead: {
        ...machine.installs,
        "https://router.example": network.file.router_url,
        "meta/llama3.2": "aimo/demo",
        "models llama": "models demo",
      },
      isReady: /never/,
      before: prepare,
    });
    assert.match(outputOf(walked, "aimo run"), /Say hello\.[^]*Sum it up/);
    assert.match(outputOf(walked, "export AIMO_API_KEY"), /"content":"Hello!/);
    assert.match(outputOf(walked, "printf"), /Hello!/);
    const wallet = address(walletOf(walked));
    const { escrow } = await network.chain.user(wallet);
    const { balance, depositedTotal, settledTotal, withdrawnTotal } = escrow?.data ?? assert.fail("an escrow");
    assert.deepEqual([balance, depositedTotal], [0n, settledTotal + withdrawnTotal]);
    assert.ok(settledTotal > 0n);
    assert.equal(await network.chain.tokens(wallet), USDC - settledTotal, "what was not spent came back");
    assert.deepEqual(keysBelow(machine.home), [], "no key was written to a file");
  });
});
