// docs/router-guide.md followed word for word in an empty folder, with the packed programs: a router is opened and runs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { HOST } from "@aimo-network/localnet/chain/rpc-door";
import { findFreePort } from "@aimo-network/localnet/free-port";
import type { GuideBlock } from "@aimo-network/localnet/test-bed/guide/guide-blocks";
import { outputOf, walletOf } from "@aimo-network/localnet/test-bed/guide/guide-site";
import { openReaderMachine } from "@aimo-network/localnet/test-bed/guide/reader-machine";
import { walkGuide } from "@aimo-network/localnet/test-bed/guide/walk-guide";
import type { WalkedBlock } from "@aimo-network/localnet/test-bed/guide/walk-guide";
import { address } from "@solana/kit";
import { packAll } from "../tools/pack/pack.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { openReaderFolder } from "./reader-folder.ts";

const GUIDE = new URL("../docs/router-guide.md", import.meta.url);
const PROGRAM = "Eutyt8ETuT9Zsjj8z6hxdwnzaoQadgMzANr25t3DyMk3";
const MINT = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU";

describe("the router guide", () => {
  let network: MoneyNetwork;
  before(async () => {
    network = await startMoneyNetwork();
  });
  after(() => network.stop());

  const prepare = async ({ text }: GuideBlock, walked: readonly WalkedBlock[]): Promise<void> => {
    if (text.startsWith("aimo router init")) {
      await network.money?.faucet.give(address(walletOf(walked)), { lamports: 50_000_000n });
    }
    if (text.startsWith("AIMO_CONFIG_FILE")) {
      const settler = /^ *settler +(\w+)$/m.exec(outputOf(walked, "aimo router init"))?.[1] ?? assert.fail("a settler");
      await network.money?.faucet.give(address(settler), { lamports: 100_000_000n });
    }
  };

  test("followed word for word opens a router whose books and vault are right", async (t) => {
    const { folder, tarballs } = await openReaderFolder(t, packAll);
    const machine = openReaderMachine(folder, { tarballs, packages: ["aimo", "aimo-router"] });
    const { rpcUrl, mint, router } = network.chain.place;
    const [port, operatorPort] = [await findFreePort(0, HOST), await findFreePort(0, HOST)];
    const walked = await walkGuide({
      file: GUIDE,
      folder: machine.home,
      environment: {
        ...machine.environment,
        AIMO_PORT: String(port),
        AIMO_OPERATOR_PORT: String(operatorPort),
        AIMO_COMMITMENT: "confirmed",
        AIMO_CHAIN_POLL_MS: "200",
      },
      instead: {
        ...machine.installs,
        "https://router.example": `http://${HOST}:${port}`,
        "http://127.0.0.1:8788": `http://${HOST}:${operatorPort}`,
        "https://api.devnet.solana.com": rpcUrl,
        [PROGRAM]: router.programAddress,
        [MINT]: mint,
      },
      isReady: /router listens/,
      before: prepare,
    });
    assert.match(outputOf(walked, "export AIMO_ROUTER"), /all is well/);
    assert.match(outputOf(walked, "aimo router check-ledger"), /The books are right/);
    assert.match(outputOf(walked, "aimo router reconcile"), /Chain and ledger agree/);
    assert.match(outputOf(walked, "aimo router solvency"), /covers what it owes/);
    assert.match(outputOf(walked, "aimo routers"), new RegExp(`http://${HOST}:${port} `));
  });
});
