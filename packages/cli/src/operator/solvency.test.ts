// Whether a vault covers what is owed: by the chain, beside the router's word, and with a wallet's own proof.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { systemClock } from "@aimo-network/protocol/clock";
import { formatMicroUsdc, formatNanoUsdc, microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { inSumOrder, liabilityLeaf, sumTree } from "@aimo-network/protocol/solvency";
import { verifyKey } from "@aimo-network/protocol/keys/verify-key";
import { hex } from "@scure/base";
import type { Address } from "@solana/kit";
import type { Answer, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { replyWith } from "../test-bed/scripted-router.ts";
import { openOperatorBed } from "./test-bed/operator-bed.ts";
import type { OperatorBed, Ran } from "./test-bed/operator-bed.ts";
import { openRouterAt } from "./test-bed/open-router.ts";
import type { OpenedRouter } from "./test-bed/open-router.ts";
import { plantEscrow, plantMoney } from "./test-bed/planted-money.ts";

const MONEY = { users: 5_000_000n, providers: 1_500_000n, fees: 250_000n, vault: 7_000_000n };
const WORD = "/api/v1/router/solvency";
const PROOF = "/api/v1/account/solvency-proof";
const AT = "2026-11-26T12:00:00.000Z";

let bed: OperatorBed;
let router: OpenedRouter;
let wallet: Address;
before(async () => {
  bed = await openOperatorBed();
  router = await openRouterAt(bed, "solvent");
  wallet = makeKeyFile(join(bed.home, "wallet.json"));
});
after(() => bed[Symbol.asyncDispose]());

const usdc = (amount: bigint): string => formatMicroUsdc(microUsdc(amount));

/** A tree in which the wallet has `balance` beside two others. */
function treeOf(balance: bigint) {
  const others = [router.settler, bed.mint].map((user, place) => {
    return liabilityLeaf(
      { user, balance: nanoUsdc(BigInt(place + 1) * 1_000_000_000n) },
      new Uint8Array(16).fill(place),
    );
  });
  const salt = new Uint8Array(16).fill(7);
  const own = liabilityLeaf({ user: wallet, balance: nanoUsdc(balance) }, salt);
  const tree = sumTree(inSumOrder([...others, own]));
  const index = inSumOrder([...others, own]).indexOf(own);
  const { hash, total, size } = tree.root;
  const root = { hash: hex.encode(hash), total: formatNanoUsdc(total), size, at: AT, slot: 5 };
  const path = tree.proofOf(index).map((node) => ({ hash: hex.encode(node.hash), sum: formatNanoUsdc(node.sum) }));
  return {
    root,
    proof: { user: wallet, balance: formatNanoUsdc(nanoUsdc(balance)), salt: hex.encode(salt), index, path, root },
  };
}

/** What an honest router says. */
function wordOf(changes: object = {}): { data: object } {
  const { users, providers, fees, vault } = MONEY;
  const liabilities = {
    users: usdc(users),
    providers: usdc(providers),
    fees: usdc(fees),
    total: usdc(users + providers + fees),
  };
  const place = { program_id: bed.program, config: router.config, vault: router.vault, mint: bed.mint };
  const figures = { slot: 1, vault_amount: usdc(vault), liabilities, liability_root: null };
  return { data: { ...place, ...figures, ...changes } };
}

async function solvencyOf({ url }: ScriptedRouter, ...more: string[]): Promise<Ran> {
  return await bed.run(["router", "solvency", "--router", url, "--id", join(bed.home, "wallet.json"), ...more]);
}

function faultsOf({ data }: Ran): string {
  return (data["faults"] as string[]).join("\n");
}

test("a vault that covers what is owed is told from the chain, and that the router says the same", async (t) => {
  await plantMoney(bed, router.id, MONEY);
  const { root } = treeOf(2_000_000_000n);
  const served = await router.serve(t, { [WORD]: wordOf({ liability_root: root }) });
  const ran = await solvencyOf(served);
  assert.deepEqual([ran.outcome.reason, ran.data["router_says_the_same"], ran.data["faults"]], ["done", true, []]);
  assert.deepEqual(
    [ran.data["vault_amount"], ran.data["liabilities"], ran.data["surplus"], ran.data["shortfall"]],
    ["7", { users: "5", providers: "1.5", fees: "0.25", total: "6.75" }, "0.25", "0"],
  );
  assert.deepEqual(ran.data["liability_root"], { hash: root.hash, total: "5", size: 3, at: AT });
  assert.equal(ran.data["inclusion"], null, "no wallet is opened where no proof is wanted");
  assert.match(ran.outcome.text, /^said to be owed +5 USDC to 3 users, 2026-11-26T12:00:00\.000Z$/m);
});

test("a vault that is short ends with 1, whatever the router says", async (t) => {
  await plantMoney(bed, router.id, { ...MONEY, vault: 6_749_999n });
  const ran = await solvencyOf(await router.serve(t, { [WORD]: wordOf() }));
  assert.equal(ran.outcome.reason, "failed");
  assert.match(faultsOf(ran), /^The vault has 0\.000001 USDC less than is owed/);
  await plantMoney(bed, router.id, MONEY);
});

test("a word that comes after the chain has moved is asked for again", async (t) => {
  await plantMoney(bed, router.id, MONEY);
  let asked = 0;
  const late: Answer = (request, response) => {
    asked += 1;
    replyWith(200, wordOf(asked === 1 ? { vault_amount: "6.99" } : {}))(request, response);
  };
  const ran = await solvencyOf(await router.serve(t, { [WORD]: late }));
  assert.deepEqual([asked, ran.data["router_says_the_same"], ran.outcome.reason], [2, true, "done"]);
});

test("a router that tells of another vault is found out, and one that stays with other numbers is told beside the chain", async (t) => {
  await plantMoney(bed, router.id, MONEY);
  const other = await solvencyOf(await router.serve(t, { [WORD]: wordOf({ vault: router.settler }) }));
  assert.match(
    faultsOf(other),
    new RegExp(`^The router tells of the vault ${router.settler}; its own is ${router.vault}\\.$`),
  );
  const rich = await solvencyOf(await router.serve(t, { [WORD]: wordOf({ vault_amount: "900", slot: 77 }) }));
  assert.deepEqual([rich.data["router_says_the_same"], rich.data["vault_amount"]], [false, "7"]);
  assert.match(
    rich.outcome.text,
    /^the router says +vault 900\.00 USDC, owed 6\.75 USDC at slot 77; the chain was read at slot/m,
  );
  await assert.rejects(solvencyOf(await router.serve(t, { [WORD]: { data: {} } })), /not what a router answers there/);
});

test("a wallet's balance is proven from its own address, with a key that can spend nothing", async (t) => {
  await plantMoney(bed, router.id, MONEY);
  await plantEscrow(bed, router.id, wallet, 2_000_000n);
  const { root, proof } = treeOf(2_000_000_000n);
  const served = await router.serve(t, { [WORD]: wordOf({ liability_root: root }), [PROOF]: { data: proof } });
  const ran = await solvencyOf(served, "--proof");
  assert.equal(ran.outcome.reason, "done", faultsOf(ran));
  assert.deepEqual(ran.data["inclusion"], {
    user: wallet,
    is_counted: true,
    balance: "2",
    index: proof.index,
    escrow_balance: "2",
  });
  assert.match(ran.outcome.text, /^counted +2 USDC, place \d of 3; as the escrow has$/m);
  const bearer = served.calls.find(({ path }) => path === PROOF)?.bearer ?? "";
  const key = await verifyKey(bearer.replace("Bearer ", ""), { routerId: router.id, nowMs: systemClock.now() });
  assert.deepEqual([key.wallet, key.spending, key.scopes], [wallet, { kind: "earn_only" }, ["account"]]);
});

test("a proof of somebody else, of another balance, or below another root is none", async (t) => {
  await plantMoney(bed, router.id, MONEY);
  const { root, proof } = treeOf(2_000_000_000n);
  const { proof: otherProof } = treeOf(3_000_000_000n);
  const cases: readonly (readonly [proof: object, words: RegExp])[] = [
    [{ ...proof, user: router.settler }, /^The proof is of the wallet/],
    [{ ...proof, balance: "2.000000001" }, /^The proof does not lead to the router's root/],
    [{ ...proof, index: (proof.index + 1) % 3 }, /^The proof does not lead to the router's root/],
    [otherProof, /^The proof leads to another root than the one that the router shows/],
  ];
  for (const [told, words] of cases) {
    const served = await router.serve(t, { [WORD]: wordOf({ liability_root: root }), [PROOF]: { data: told } });
    const ran = await solvencyOf(served, "--proof");
    assert.match(faultsOf(ran), words);
    assert.deepEqual(
      [ran.outcome.reason, (ran.data["inclusion"] as Record<string, unknown>)["is_counted"]],
      ["failed", false],
    );
  }
});

test("a wallet that is in no root is a fault only where its escrow has something", async (t) => {
  await plantMoney(bed, router.id, MONEY);
  const absent = replyWith(404, {
    error: { message: "None.", code: 404, metadata: { error_code: "proof_not_found" } },
  });
  const served = await router.serve(t, { [WORD]: wordOf(), [PROOF]: absent });
  await plantEscrow(bed, router.id, wallet, 2_000_000n);
  assert.match(faultsOf(await solvencyOf(served, "--proof")), /^Your escrow has 2 USDC and is in no root yet/);
  await plantEscrow(bed, router.id, wallet, 0n);
  const ran = await solvencyOf(served, "--proof");
  assert.equal(ran.outcome.reason, "done");
  assert.match(ran.outcome.text, /^your wallet +\w+: not counted, 0 USDC in the escrow now$/m);
});
