// Deposits through a router that is honest, greedy, broken or gone: on the real program, to the micro-USDC.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, test } from "node:test";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { getDepositInstruction } from "@aimo-network/escrow/generated/instructions/deposit";
import { getSetAllowanceInstruction } from "@aimo-network/escrow/generated/instructions/setAllowance";
import { createNoopSigner } from "@solana/kit";
import { manualClock } from "@aimo-network/protocol/clock";
import type { FaultWords } from "../fault.ts";
import { CREDIT_WAIT_MS } from "../limits.ts";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import { openMoneyBed, pump } from "../test-bed/money-bed.ts";
import type { MoneyRouterBed } from "../test-bed/money-router.ts";
import { refusalOf } from "../test-bed/money-router.ts";
import { openMoneyScene } from "../test-bed/money-scene.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { allowance } from "./allowance.ts";
import { topup } from "./topup.ts";

type Json = Readonly<Record<string, unknown>>;

let bed: MoneyBed;
let ann: MoneyPerson;
let router: MoneyRouterBed;
beforeEach(async (t) => {
  ({ bed, ann, router } = await openMoneyScene(t));
});

const run = async (amount: string, options: object = {}): Promise<Json> =>
  (await ann.run(topup, [amount], { router: router.url, ...options })).data as Json;
const fails = (amount: string, options: object = {}): Promise<FaultWords> =>
  faultOf(ann.run(topup, [amount], { router: router.url, ...options }));
const escrow = () => bed.scene.bed.readEscrow(ann.address);
const NO_NODE = { rpcUrl: undefined };

describe("a deposit", () => {
  test("opens the escrow, then raises the allowance by as much; signature and balance are told", async () => {
    const first = await run("5");
    assert.deepEqual([first["amount"], first["balance"], first["deposited"], first["credited"]], ["5", "5", "5", true]);
    assert.deepEqual(bed.node.sent, [first["signature"]]);
    const second = await run("2.000001");
    assert.equal(second["balance"], "7.000001");
    assert.deepEqual([escrow().balance, escrow().allowTotal], [7_000_001n, 7_000_001n]);
    assert.equal(bed.scene.tokensOf(ann.address), 92_999_999n);
  });

  test("needs no node, and says then whose word the allowance is by", async () => {
    const told = await run("5", NO_NODE);
    assert.equal(told["balance"], "5");
    assert.equal(told["explorer_url"], null);
    assert.match(ann.said.join("\n"), /by the router's word/);
    assert.ok(router.calls.includes("/api/v1/account/transactions"));
  });

  test("does without a node that nobody has named and that is away or has another chain, but not without a named one", async (t) => {
    const solana = join(ann.context.folder, ".config/solana/cli");
    mkdirSync(solana, { recursive: true });
    const use = (url: string): void => writeFileSync(join(solana, "config.yml"), `json_rpc_url: "${url}"\n`);
    use("http://127.0.0.1:9");
    assert.equal((await run("1", NO_NODE))["balance"], "1");
    assert.match(ann.said.join("\n"), /Cannot reach the Solana node .* So the router's word counts/);
    const other = await openMoneyBed(t);
    use(other.node.url);
    other.scene.chain.plant(bed.scene.bed.config, "11111111111111111111111111111111" as never, new Uint8Array());
    assert.equal((await run("1", NO_NODE))["balance"], "2");
    assert.match(ann.said.join("\n"), /has no router/);
    assert.equal((await fails("1", { rpcUrl: other.node.url })).code, "router_unknown");
  });

  test("that has landed and is not counted in time is told as that, and where to look", async () => {
    router.isCounting = false;
    const clock = manualClock();
    const context = ann.with({ router: router.url }, clock);
    const outcome = await pump(clock, Promise.resolve(topup(context, { arguments: ["1"], options: {} })), 500);
    assert.equal(outcome?.reason, "unsettled");
    assert.match(JSON.stringify(outcome?.data), /"credited":false/);
    assert.match(outcome?.text ?? "", /in your escrow, and the router has not counted it yet/);
    assert.equal(escrow().balance, USDC);
    assert.ok(clock.monotonic() >= CREDIT_WAIT_MS);
  });
});

describe("a router that is not to be trusted", () => {
  test("has nothing signed that is more, goes elsewhere, or gives more leave", async () => {
    bed.openEscrow(ann, USDC);
    const own = createNoopSigner(ann.address);
    const { config, mint, vault, place: at } = bed.scene.bed;
    const to = bed.scene.bed.escrowOf(ann.address);
    const source = bed.scene.bed.associatedOf(ann.address);
    const more = getDepositInstruction(
      { funder: own, source, config, escrow: to, vault, mint, amount: 50n * USDC },
      at,
    );
    const leave = getSetAllowanceInstruction(
      { user: own, config, escrow: to, total: 2n ** 53n, expiresAt: 1_900_000_000n },
      at,
    );
    for (const [alter, why] of [
      [() => [more], /expected 5\.00 USDC as amount, found 50\.00 USDC/],
      [(steps) => [...steps, more], /Not asked for: Deposits 50\.00/],
      [(steps) => [leave, ...steps.slice(1)], /as total, found 9007199254\.740992 USDC/],
      [(steps) => steps.slice(0, 1), /It has no deposit/],
    ] satisfies readonly [MoneyRouterBed["alter"], RegExp][]) {
      router.alter = alter;
      const words = await fails("5");
      assert.deepEqual([words.code, words.reason], ["transaction_differs", "refused"], String(why));
      assert.match(words.why ?? "", why);
    }
    assert.deepEqual(bed.node.sent, []);
    assert.equal(bed.scene.tokensOf(ann.address), 99n * USDC);
  });

  test("cannot take back what the person is lowering", async () => {
    await run("5");
    await ann.run(allowance, [], { total: "1" });
    assert.equal(escrow().pendingAllowTotal, USDC);
    assert.equal((await fails("5")).code, "transaction_differs", "this router raises the allowance all the same");
    router.alter = (steps) => steps.slice(1);
    await run("5");
    assert.deepEqual([escrow().pendingAllowTotal, escrow().balance], [USDC, 10n * USDC]);
  });

  test("has nothing signed for another program or mint than it had before", async () => {
    await run("1");
    router.chain = { ...router.chain, program_id: named("its own program") };
    const program = await fails("1");
    assert.deepEqual([program.code, program.reason], ["program_changed", "refused"]);
    const other = await fails("1", { programId: bed.scene.chain.programAddress });
    assert.equal(other.code, "program_changed", "nor where the person names the true one");
    router.chain = { ...router.chain, program_id: bed.scene.chain.programAddress, mint: named("its own mint") };
    assert.equal((await fails("1")).code, "mint_changed");
    assert.equal(bed.node.sent.length, 1);
  });

  test("has nothing signed where its answer is none, or it has no chain", async () => {
    router.override = (path) =>
      path.endsWith("/deposit")
        ? { status: 200, body: { data: { transaction: "AAAA", last_valid_block_height: 1 } } }
        : undefined;
    assert.equal((await fails("5")).code, "transaction_unreadable");
    router.override = (path) => (path.endsWith("/deposit") ? { status: 200, body: { data: {} } } : undefined);
    assert.equal((await fails("5")).code, "transaction_unreadable");
    router.override = () => undefined;
    router.chain = undefined as never;
    assert.equal((await fails("5")).code, "chain_absent");
    assert.deepEqual(bed.node.sent, []);
  });
});

describe("each failure has its own words and its own code", () => {
  test("too little USDC and no token account, before anything is prepared", async () => {
    const much = await fails("100.000001");
    assert.deepEqual([much.code, much.reason], ["insufficient_usdc", "funds"]);
    assert.match(much.why ?? "", /100\.00 USDC in/);
    bed.scene.chain.plant(
      bed.scene.bed.associatedOf(ann.address),
      "11111111111111111111111111111111" as never,
      new Uint8Array(),
    );
    const none = await fails("1");
    assert.deepEqual([none.code, none.reason], ["no_token_account", "funds"]);
    assert.match(none.next ?? "", new RegExp(ann.address));
    assert.equal(router.calls.filter((path) => path.endsWith("/deposit")).length, 0);
  });

  test("a router that refuses, by its own words", async () => {
    router.override = (path) =>
      path.endsWith("/deposit")
        ? refusalOf(409, "escrow_refused", "The escrow program refuses this (Paused): expected …")
        : undefined;
    const words = await fails("5");
    assert.deepEqual([words.code, words.reason], ["escrow_refused", "refused"]);
    assert.match(words.why ?? "", /Paused/);
  });

  test("what the router's node foresees, or what failed on the chain: nothing has moved", async () => {
    const poor = "The transaction failed: the fee payer has too little SOL; send SOL to it";
    router.override = (path) =>
      path.endsWith("/transactions") ? refusalOf(409, "transaction_failed", poor) : undefined;
    const sol = await fails("5", NO_NODE);
    assert.deepEqual([sol.code, sol.reason], ["insufficient_sol", "funds"]);
    router.override = () => undefined;
    const usdc = await fails("500", NO_NODE);
    assert.deepEqual([usdc.code, usdc.reason], ["insufficient_usdc", "funds"]);
    router.override = (path) =>
      path.endsWith("/transactions") ? refusalOf(409, "transaction_expired", "It has expired.") : undefined;
    assert.equal((await fails("5", NO_NODE)).code, "transaction_expired");
    router.override = (path) =>
      path.endsWith("/transactions") ? refusalOf(400, "transaction_unacceptable", "No.") : undefined;
    const no = await fails("5", NO_NODE);
    assert.deepEqual([no.code, no.reason, no.why], ["transaction_unacceptable", "refused", "No."]);
  });

  test("a router that is down, and one that speaks something else", async () => {
    router.override = () => ({ status: 0, body: {} });
    assert.equal((await fails("5")).reason, "unreachable");
    router.override = () => ({ status: 404, body: {} });
    assert.match((await fails("5")).what, /is no AiMo router/);
  });

  test("Ctrl-C while the router is asked what became of it: not known, with its signature", async () => {
    router.override = (path) => {
      if (!path.endsWith("/transactions")) return undefined;
      ann.interruption.abort();
      return refusalOf(503, "chain_unavailable", "No node answers.");
    };
    const words = await fails("5", NO_NODE);
    assert.deepEqual([words.code, words.reason], ["unsettled", "unsettled"]);
    assert.match(words.next ?? "", /solana confirm [1-9A-HJ-NP-Za-km-z]{80,90}/);
  });
});

test("a height that is long over does not make a deposit expired that may still land", async () => {
  router.alterAnswer = (body) => ({ ...body, last_valid_block_height: 1 });
  bed.node.lost = 1;
  const { data } = await ann.run(topup, ["5"], { router: router.url });
  assert.equal((data as { credited: boolean }).credited, true);
  assert.equal(bed.scene.bed.readEscrow(ann.address).balance, 5n * USDC);
});

test("a program or mint that is no address is told as that, and asked for nothing", async () => {
  for (const [name, value] of [
    ["program_id", "\u001B[2J\u0007\u202Egnp"],
    ["program_id", "11111111111111111111111111111111x"],
    ["mint", "\u001B[2J\u0007\u202Egnp"],
  ] as const) {
    router.chain = { ...router.chain, [name]: value };
    const { context } = ann;
    const environment = { ...context.environment, AIMO_HOME: `${context.folder}/new` };
    const options = { ...context.options, router: router.url };
    const words = await faultOf(topup({ ...context, environment, options }, { arguments: ["5"], options: {} }));
    assert.equal(words.code, "chain_absent", JSON.stringify(words));
    const told = Object.values(words).join(" ");
    for (const part of ["\u001B", "\u0007", "\u202E"]) assert.ok(!told.includes(part), told);
  }
});
