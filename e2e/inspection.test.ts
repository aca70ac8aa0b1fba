// A network that examines its offers: what is true is verified, what is not is withdrawn and told, all paid on the chain.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspectorWallet } from "@aimo-network/localnet/money/inspector-deposit";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { waitFor } from "./network.ts";

interface Endpoint {
  readonly aimo: { readonly verdict: string; readonly withdrawn: readonly string[] };
}

describe("inspection", () => {
  let network: MoneyNetwork;

  before(async () => {
    network = await startMoneyNetwork({ inspects: true, withProvider: true });
  });
  after(() => network.stop());

  const endpointOf = async (model: string): Promise<Endpoint | undefined> => {
    const response = await fetch(`${network.file.router_url}/api/v1/models/${model}/endpoints`);
    const { data } = (await response.json()) as { data: { endpoints: readonly Endpoint[] } };
    return data.endpoints[0];
  };

  test("verifies the demo model with all that it declares", async () => {
    const { aimo } = await waitFor("a verdict", async () => {
      const found = await endpointOf(network.file.model);
      return found?.aimo.verdict === "verified" ? found : undefined;
    });
    assert.deepEqual(aimo.withdrawn, []);
  });

  test("withdraws pictures from a model that only echoes, and its provider reads so in its log", async () => {
    await network.startProvider({ models: ["demo.echo"], author: "blind" });
    await waitFor("pictures to be withdrawn", async () => {
      const found = await endpointOf("blind/demo.echo");
      return found?.aimo.withdrawn.join() === "image" || undefined;
    });
    await waitFor("the notice", () =>
      Promise.resolve(network.lines.some((line) => /provider-1 .*capability_withdrawn/.test(line)) || undefined),
    );
  });

  test("has paid from its own deposit, and the chain agrees with the books", async () => {
    const { address } = walletSigner(inspectorWallet(network.directory));
    const { escrow } = await waitFor("a settlement", async () => {
      const view = await network.money?.faucet.look(address);
      return (view?.escrow?.data.settledTotal ?? 0n) > 0n ? view : undefined;
    });
    assert.ok((escrow?.data.settledTotal ?? 0n) < 100_000n, "a tenth of a USDC is more than a few probes cost");
    await network.insistOnAgreement();
  });
});
