// docs/provider-guide.md followed word for word in an empty folder, with the packed programs and nothing but Node.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { outputOf, walletOf } from "@aimo-network/localnet/test-bed/guide/guide-site";
import { walkProviderGuide } from "@aimo-network/localnet/test-bed/guide/provider-guide";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { address } from "@solana/kit";
import { packAll } from "../tools/pack/pack.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { openReaderFolder } from "./reader-folder.ts";

const USDC = /([0-9]+(?:\.[0-9]+)?) USDC/;

describe("the provider guide", () => {
  let network: MoneyNetwork;
  before(async () => {
    network = await startMoneyNetwork();
  });
  after(() => network.stop());

  test("followed word for word earns money, which is in the wallet at its end", async (t) => {
    const { folder, tarballs } = await openReaderFolder(t, packAll);
    const walked = await walkProviderGuide({ localnet: network, folder, tarballs });
    assert.match(outputOf(walked, "aimo topup"), /Say hello\./, "the demo model repeats what it is told");
    const earned = USDC.exec(outputOf(walked, "aimo provider withdraw"))?.[1] ?? assert.fail("an amount");
    assert.ok(parseMicroUsdc(earned) > 0n);
    assert.equal(await network.chain.tokens(address(walletOf(walked))), parseMicroUsdc(earned));
    assert.match(outputOf(walked, "aimo doctor"), /Nothing is wrong/);
    await network.insistOnAgreement();
  });
});
