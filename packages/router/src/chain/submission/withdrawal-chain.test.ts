// What withdrawals learn from the chain: standings, destinations, and that a number is unused on every node for good.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { DAY, USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { KeyPairSigner } from "@solana/kit";
import { MoneyChain, signWire } from "../compose/test-bed/money-chain.ts";
import type { WithdrawalChain } from "./withdrawal-chain.ts";

let bed: MoneyChain;
let chain: WithdrawalChain;
let user: KeyPairSigner;
beforeEach(async () => {
  bed = await MoneyChain.open({ nodes: 2 });
  ({ withdrawals: chain } = await bed.openDesk());
  user = await bed.user();
});

async function refuses(work: Promise<unknown>, name: string): Promise<void> {
  await assert.rejects(work, (error) => isAimoError(error, "escrow_refused") && error.context.name === name, name);
}

test("nobody withdraws while leaving, and nobody while withdrawals are paused", async () => {
  const owner = { party: "user", wallet: user.address } as const;
  await chain.insistOpen(owner);
  await chain.insistOpen({ ...owner, party: "provider" });
  bed.withoutSignatures(() => bed.scene.land(bed.scene.ask.requestExit(user.address)));
  await refuses(chain.insistOpen(owner), "ExitPending");
  await chain.insistOpen({ ...owner, party: "provider" });
  bed.withoutSignatures(() => bed.scene.land(bed.scene.ask.setPause(4)));
  await refuses(chain.insistOpen({ ...owner, party: "provider" }), "Paused");
  bed.chain.pass(1n, DAY);
  await chain.insistOpen({ ...owner, party: "provider" });
});

test("a destination is a token account of the mint; the wallet's own needs no name", async () => {
  const { bed: router, chain: scene } = bed.scene;
  const { address } = user;
  assert.equal(await chain.readDestination(address, undefined), undefined);
  assert.equal(await chain.readDestination(address, router.associatedOf(address)), undefined);
  const safe = named("a safe");
  scene.plantToken(safe, router.mint, named("somebody"), 0n);
  assert.equal(await chain.readDestination(address, safe), safe);
  const other = named("another mint's");
  scene.plantMint(named("another mint"));
  scene.plantToken(other, named("another mint"), address, 0n);
  for (const destination of [other, router.vault, address, named("nothing there")]) {
    await refuses(chain.readDestination(address, destination), "BadDestination");
  }
  await assert.rejects(
    chain.readDestination(address, "no address"),
    (error) => isAimoError(error, "invalid_request") && error.context.param === "destination",
  );
});

test("every node's own number counts, and one that does not answer leaves it unknown", async () => {
  const owner = { party: "user", wallet: user.address } as const;
  bed.chain.pass(100n);
  const { openedSlot } = bed.scene.bed.readEscrow(user.address);
  const unused = { openedSlot, withdrawSeq: 0n };
  assert.deepEqual(await chain.seqEverywhere(owner), [unused, unused]);
  const { wire } = await bed.cosigned({ ...owner, amount: USDC });
  bed.land(await signWire(wire, user));
  bed.chain.pass(31n);
  bed.nodes[1]!.lagSlots = 40n;
  assert.deepEqual(await chain.seqEverywhere(owner), [{ ...unused, withdrawSeq: 1n }, unused]);
  bed.nodes[1]!.isDown = true;
  await assert.rejects(chain.seqEverywhere(owner), (error) => isAimoError(error, "chain_unavailable"));
  const nobody = await bed.person();
  bed.nodes[1]!.isDown = false;
  assert.deepEqual(await chain.seqEverywhere({ ...owner, wallet: nobody.address }), [undefined, undefined]);
});

test("a provider's number is that of the provider's account", async () => {
  const provider = await bed.provider(10n * USDC);
  bed.chain.pass(100n);
  const owner = { party: "provider", wallet: provider.address } as const;
  const { openedSlot } = bed.scene.bed.readProvider(provider.address);
  assert.deepEqual((await chain.seqEverywhere(owner))[0], { openedSlot, withdrawSeq: 0n });
});

test("a height is dead only where it is past on every node, for good", async () => {
  const [one, two] = [bed.nodes[0]!, bed.nodes[1]!];
  one.finalLagSlots = 0n;
  two.finalLagSlots = 0n;
  const height = bed.chain.slot;
  assert.equal(await chain.isDead(height), false);
  assert.equal(await chain.isDead(height - 1n), true);
  two.finalLagSlots = 1n;
  assert.equal(await chain.isDead(height - 1n), false);
  assert.equal(await chain.isDead(height - 2n), true);
  two.isDown = true;
  assert.equal(await chain.isDead(0n), false);
});

test("looking posts the account, and waits for it no longer than a moment", async () => {
  await chain.look({ party: "user", wallet: user.address });
  await chain.look({ party: "provider", wallet: user.address });
  const { escrowOf, providerOf } = {
    escrowOf: bed.scene.bed.escrowOf(user.address),
    providerOf: bed.scene.bed.providerOf(user.address),
  };
  assert.deepEqual(bed.looked, [[escrowOf], [providerOf]]);
  bed.onLook = () => Promise.reject(new Error("the chain is away"));
  await chain.look({ party: "user", wallet: user.address });
  bed.onLook = () => new Promise(() => undefined);
  await bed.pump(chain.look({ party: "user", wallet: user.address }));
});
