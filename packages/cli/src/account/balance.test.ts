// The balance by the router's word and by the chain's, to the last digit.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import type { Address } from "@solana/kit";
import { DAY, HOUR, USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { PAT } from "@aimo-network/escrow/test-bed/cast";
import type { GeneralOptions } from "../settings/general-options.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { startReadingNode } from "../test-bed/reading-node.ts";
import type { ReadingNode } from "../test-bed/reading-node.ts";
import { replyWith, startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { ScriptedRouter } from "../test-bed/scripted-router.ts";
import { makeWalletFile } from "../test-bed/wallet-file.ts";
import { balance } from "./balance.ts";

const PATH = "/api/v1/account/balance";
const TOLD = {
  available: "4.999579999",
  lockable: "4.5",
  locked: "0.000000001",
  withdrawing: "0",
  payable: "0.00042",
  deposited: "5",
};

interface Case {
  readonly bed: ReadingBed;
  readonly scene: Scene;
  readonly wallet: Address;
  readonly node: ReadingNode;
  readonly router: ScriptedRouter;
  run(options?: Partial<GeneralOptions>): Promise<{ text: string; data: Record<string, unknown> }>;
}

async function openCase(t: TestContext, told: object = TOLD): Promise<Case> {
  const scene = await Scene.open();
  const { chain, bed: routerBed } = scene;
  const node = await startReadingNode(t, chain);
  const { config, vault, mint } = routerBed;
  const terms = { fee_bps: 250, min_deposit: "1", user_exit_delay: 1, provider_exit_delay: 1, allowance_notice: 1 };
  const money = { program_id: chain.programAddress, config, vault, mint, ...terms, commitment: "confirmed" };
  const facts = { router_id: routerBed.keys.routerId, chain: money };
  const router = await startScriptedRouter(t, { [PATH]: { data: told } }, facts);
  const bed = openReadingBed(t, { options: { router: router.url } });
  const wallet = makeWalletFile(bed.home);
  const run: Case["run"] = async (options) => {
    const outcome = await balance(bed.with({ router: router.url, ...(options ?? { rpcUrl: node.url }) }), {
      arguments: [],
      options: {},
    });
    return { text: outcome?.text ?? "", data: (outcome?.data ?? {}) as Record<string, unknown> };
  };
  return { bed, scene, wallet, node, router, run };
}

test("everything has all its digits: the router's, the allowance's and the wallet's", async (t) => {
  const { run, scene, wallet, router, node } = await openCase(t);
  await scene.addUser(wallet, 5n * USDC);
  scene.chain.giveSol(wallet);
  node.told["getBalance"] = () => ({ context: { slot: 1 }, value: 1_000_000_001 });
  scene.collect(wallet, USDC / 4n + 1n, PAT);
  const { text, data } = await run();
  const [lines, end] = [text.split("\n"), /until (.+)$/.exec(text.split("\n")[3] ?? "")?.[1]];
  assert.deepEqual(lines, [
    "available      4.999579999 USDC  of it 4.5 within the allowance",
    "locked         0.000000001 USDC  by requests that run",
    "unsettled      0.00042 USDC  charged, and not on the chain yet",
    `allowance      999.749999 USDC  left of 1000 in all, until ${end}`,
    "on the wallet  995 USDC, 1.000000001 SOL",
  ]);
  const { allowance, ...rest } = data;
  assert.deepEqual(rest, {
    router: scene.bed.keys.routerId,
    wallet,
    available: "4.999579999",
    lockable: "4.5",
    locked: "0.000000001",
    withdrawing: "0",
    deposited: "5",
    unsettled: "0.00042",
    leaving_at: null,
    on_wallet: { usdc: "995", sol: "1.000000001" },
  });
  const { left, total, pending } = allowance as Record<string, unknown>;
  assert.deepEqual([left, total, pending], ["999.749999", "1000", null]);
  assert.match(router.calls.at(-1)?.bearer ?? "", /^Bearer aimo-sk-v2-/);
});

test("a lower allowance that waits and an exit are shown", async (t) => {
  const { run, scene, wallet } = await openCase(t);
  await scene.addUser(wallet, 5n * USDC);
  scene.land(scene.ask.setAllowance(wallet, USDC, scene.chain.time + 90n * DAY));
  scene.land(scene.ask.requestExit(wallet));
  const { text, data } = await run();
  assert.match(text, /\n +1 in all from .* UTC on\nleaving +at .* UTC\n/);
  assert.notEqual(data["leaving_at"], null);
  scene.chain.advance(DAY + HOUR);
  assert.match((await run()).text, /allowance +0 USDC .*\nleaving +now: aimo exit finalize/);
});

test("a wallet that has never deposited is told how to", async (t) => {
  const { run } = await openCase(t);
  const { text, data } = await run();
  assert.match(text, /allowance +none: .*aimo topup 5 opens one\non the wallet +0 USDC, 0 SOL$/);
  assert.equal(data["allowance"], null);
});

describe("without the chain's word", () => {
  test("the router's is shown, with why: no node is known", async (t) => {
    const { run, bed } = await openCase(t);
    const { text, data } = await run({});
    assert.equal(text.split("\n").length, 3);
    assert.deepEqual([data["allowance"], data["on_wallet"]], [null, null]);
    assert.match(bed.said.join(), /no Solana node is known/);
  });

  test("a node that was named has to answer", async (t) => {
    const { run, node } = await openCase(t);
    node.told["getBalance"] = () => {
      throw new Error("no");
    };
    assert.equal((await faultOf(run())).code, "node_refused");
  });
});

describe("a router that does not say it", () => {
  test("has its own words, and what to type next", async (t) => {
    const { run, router } = await openCase(t);
    const error = {
      message: "The wallet has never deposited.",
      code: 424,
      metadata: { error_code: "escrow_not_opened" },
    };
    router.answers[PATH] = replyWith(424, { error });
    const fault = await faultOf(run());
    assert.deepEqual([fault.reason, fault.why], ["funds", error.message]);
    assert.match(fault.next ?? "", /aimo topup 5/);
  });

  test("or says something else, is told apart", async (t) => {
    for (const told of [{}, { ...TOLD, locked: "-1" }, { ...TOLD, payable: "1e3" }, { ...TOLD, available: null }]) {
      const { run } = await openCase(t, told);
      assert.equal((await faultOf(run())).code, "strange_answer");
    }
  });
});
