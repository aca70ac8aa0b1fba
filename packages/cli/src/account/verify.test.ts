// Verification of a batch that the real program settled, and of everything that a router or a node could say instead.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { answerOf, deliver, ReceiptScene, signatureOf } from "@aimo-network/escrow/test-bed/receipt-scene";
import type { Kept } from "@aimo-network/escrow/test-bed/receipt-scene";
import { toldProof, toldRecord } from "@aimo-network/escrow/test-bed/told-proof";
import type { ToldProof } from "@aimo-network/escrow/test-bed/told-proof";
import { manualClock } from "@aimo-network/protocol/clock";
import { admittedAtMs } from "@aimo-network/protocol/receipt";
import type { Outcome } from "../command-spec.ts";
import type { GeneralOptions } from "../settings/general-options.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { startReadingNode } from "../test-bed/reading-node.ts";
import type { ReadingNode } from "../test-bed/reading-node.ts";
import { factsOf, replyWith, startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { ScriptedRouter } from "../test-bed/scripted-router.ts";
import { makeWalletFile } from "../test-bed/wallet-file.ts";
import { verify } from "./verify.ts";

const ISSUED_KEY = `aimo-sk-u1-${base58.encode(new Uint8Array(32).fill(7))}`;
const AGE_MS = 600_000;

type Json = Record<string, unknown>;

interface Case {
  readonly bed: ReadingBed;
  readonly id: string;
  readonly kept: Kept;
  readonly node: ReadingNode;
  readonly router: ScriptedRouter;
  /** What the router says, for a test to change. */
  readonly proof: ToldProof;
  readonly record: Json;
  run(options?: Partial<GeneralOptions>): Promise<Outcome>;
}

async function openCase(t: TestContext, { sinceMs = 0 } = {}): Promise<Case> {
  const scene = await ReceiptScene.open();
  const { kept, evidence } = await scene.settled();
  const { chain, bed: routerBed } = scene.scene;
  const node = await startReadingNode(t, chain);
  node.told["getTransaction"] = async () => await answerOf(kept);
  const [{ receipt }, proof, record] = [evidence, toldProof(evidence), toldRecord(evidence)];
  const id = String(proof.receipt["id"]);
  const money = {
    program_id: chain.programAddress,
    config: routerBed.config,
    vault: routerBed.vault,
    mint: routerBed.mint,
  };
  const terms = { fee_bps: 250, min_deposit: "1", user_exit_delay: 1, provider_exit_delay: 1, allowance_notice: 1 };
  const facts = {
    router_id: routerBed.keys.routerId,
    limits: { settle_age_ms: AGE_MS },
    chain: { ...money, ...terms, commitment: "confirmed" },
  };
  const router = await startScriptedRouter(
    t,
    {
      [`/api/v1/generation/${id}/proof`]: (...exchange) => replyWith(200, { data: proof })(...exchange),
      "/api/v1/generation": (...exchange) => replyWith(200, { data: record })(...exchange),
    },
    facts,
  );
  const clock = manualClock(admittedAtMs(receipt) + sinceMs);
  const bed = openReadingBed(t, {
    clock,
    options: { router: router.url, rpcUrl: node.url },
    environment: { AIMO_API_KEY: ISSUED_KEY },
  });
  const run = async (options: Partial<GeneralOptions> = {}): Promise<Outcome> => {
    const outcome = await verify(bed.with({ ...bed.context.options, ...options }), { arguments: [id], options: {} });
    assert.ok(outcome !== undefined);
    return outcome;
  };
  return { bed, id, kept, node, router, proof, record, run };
}

/** The steps as `name: result`, and the words of the last. */
function stepsOf({ data }: Outcome): { readonly steps: string[]; readonly words: string; readonly verdict: string } {
  const { steps, verdict } = data as { steps: { step: string; result: string; words: string }[]; verdict: string };
  return { steps: steps.map(({ step, result }) => `${step} ${result}`), words: steps.at(-1)?.words ?? "", verdict };
}

const UP_TO_COST = ["receipt right", "record right", "cost right"];

test("an answer that was settled is verified step by step, down to the transaction on the node", async (t) => {
  const { run, kept, node, router } = await openCase(t);
  const outcome = await run();
  const { steps, verdict } = stepsOf(outcome);
  assert.deepEqual(steps, [...UP_TO_COST, "leaf right", "root right", "transaction right"]);
  assert.deepEqual([verdict, outcome.reason], ["verified", "done"]);
  assert.match(
    outcome.text,
    new RegExp(`✓ transaction  ${signatureOf(kept.transaction)}, final, by the node at ${node.url}`),
  );
  assert.match(outcome.text, /✓ leaf +[0-9a-f]{64}, place 1 of 7/);
  assert.match(outcome.text, /was billed as it was told/);
  assert.deepEqual(node.asked, ["getTransaction"]);
  assert.equal(router.calls.at(-1)?.bearer, `Bearer ${ISSUED_KEY}`);
});

describe("what is wrong is found at its step, and ends with `failed`", () => {
  const lies: readonly (readonly [what: string, step: string, lie: (one: Case) => void])[] = [
    ["a receipt that is none", "receipt wrong", ({ proof }) => void (proof.receipt["flags"] = -1)],
    [
      "a receipt of another answer",
      "receipt wrong",
      ({ proof }) => {
        const other = "gen-019c0000-0001-7000-8000-000000000000";
        Object.assign(proof.receipt, { id: other, admitted_at: new Date(0x019c00000001).toISOString() });
      },
    ],
    ["a salt that is too short", "receipt wrong", ({ proof }) => void (proof["salt"] = "00")],
    [
      "a receipt of another router",
      "receipt wrong",
      ({ proof }) => void (proof.receipt["router"] = proof.receipt["user"]),
    ],
    ["another cost than was told", "record wrong", ({ record }) => void (record["cost"] = "0.5")],
    ["other tokens than were told", "record wrong", ({ record }) => void (record["native_tokens_prompt"] = 1)],
    [
      "more than the tokens come to",
      "cost wrong",
      ({ proof, record }) => {
        record["cost"] = "1";
        proof.receipt["cost"] = "1";
      },
    ],
    ["a place that is none", "leaf wrong", ({ proof }) => void (proof.proof = { ...proof.proof, index: 9 })],
    ["a changed receipt", "root wrong", ({ proof }) => void (proof.receipt["reasoning_tokens"] = 99)],
    ["another root", "root wrong", ({ proof }) => void (proof.batch = { ...proof.batch, root: "00".repeat(32) })],
    ["another batch", "transaction wrong", ({ proof }) => void (proof.batch = { ...proof.batch, id: "42" })],
    [
      "a signature that is none",
      "transaction wrong",
      ({ proof }) => void (proof.batch = { ...proof.batch, signature: "x" }),
    ],
    ["a transaction nobody knows", "transaction wrong", ({ node }) => void (node.told["getTransaction"] = () => null)],
  ];
  for (const [what, step, lie] of lies) {
    test(what, async (t) => {
      const one = await openCase(t);
      lie(one);
      const outcome = await one.run();
      const { steps, verdict } = stepsOf(outcome);
      assert.deepEqual([steps.at(-1), verdict, outcome.reason], [step, "wrong", "failed"], outcome.text);
      assert.match(outcome.text, /✗[^✗]*The answer is not proven/);
    });
  }

  test("a transaction that settled something else", async (t) => {
    const one = await openCase(t);
    const other = await ReceiptScene.open();
    const foreign = deliver(other.scene, other.settlement(new Uint8Array(32).fill(5)));
    one.node.told["getTransaction"] = async () => await answerOf(foreign);
    one.proof.batch = { ...one.proof.batch, signature: signatureOf(foreign.transaction) };
    assert.deepEqual(stepsOf(await one.run()).steps.at(-1), "transaction wrong");
  });

  test("a wallet that is not the key's", async (t) => {
    const one = await openCase(t);
    const file = `${one.bed.home}/other.json`;
    const address = makeWalletFile(one.bed.home, file);
    const { steps, words } = stepsOf(await one.run({ walletFile: file }));
    assert.deepEqual(steps, ["receipt wrong"]);
    assert.match(words, new RegExp(`expected one of the wallet ${address}`));
  });
});

describe("an answer that is not settled yet", () => {
  test("is told when it will be, with what is right by now", async (t) => {
    for (const [sinceMs, words] of [
      [AGE_MS, /not settled yet: it goes into a batch at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC at the latest/],
      [AGE_MS + 1, /and was due at/],
    ] as const) {
      const one = await openCase(t, { sinceMs });
      Object.assign(one.proof, { proof: null, batch: null });
      const outcome = await one.run();
      const { steps, verdict, words: said } = stepsOf(outcome);
      assert.deepEqual([steps, verdict, outcome.reason], [[...UP_TO_COST, "root waits"], "not_settled", "unsettled"]);
      assert.match(said, words);
      assert.deepEqual(one.node.asked, []);
    }
  });

  test("says so of a batch that is on its way", async (t) => {
    const one = await openCase(t);
    one.proof.batch = { ...one.proof.batch, has_landed: false };
    assert.match(stepsOf(await one.run()).words, /batch 41 is on its way/);
    one.proof.batch = { id: "41", root: null, signature: null, has_landed: false };
    assert.match(stepsOf(await one.run()).words, /batch 41 is on its way/);
  });

  test("is wrong already where it cost more than its tokens come to", async (t) => {
    const one = await openCase(t);
    Object.assign(one.proof, { proof: null, batch: null });
    one.record["cost"] = "1";
    one.proof.receipt["cost"] = "1";
    const { steps, verdict } = stepsOf(await one.run());
    assert.deepEqual([steps.at(-1), verdict], ["cost wrong", "wrong"]);
  });

  test("waits for nothing where nothing was charged", async (t) => {
    const one = await openCase(t);
    Object.assign(one.proof.receipt, { cost: "0", flags: 32 });
    one.record["cost"] = "0";
    Object.assign(one.proof, { proof: null, batch: null });
    const outcome = await one.run();
    assert.deepEqual([stepsOf(outcome).verdict, outcome.reason], ["verified", "done"]);
    assert.match(outcome.text, /Nothing was charged for the answer\.$/);
  });
});

test("what is no id is refused before anything is asked, and an answer nobody knows by the router", async (t) => {
  const { bed, router, id } = await openCase(t);
  const run = (text: string) => verify(bed.context, { arguments: [text], options: {} });
  assert.equal((await faultOf(run("gen-1"))).reason, "usage");
  assert.deepEqual(router.calls, []);
  const error = {
    message: "There is no such generation.",
    code: 404,
    metadata: { error_code: "generation_not_found" },
  };
  router.answers[`/api/v1/generation/${id}/proof`] = replyWith(404, { error });
  const fault = await faultOf(run(id));
  assert.deepEqual([fault.code, fault.reason], ["generation_not_found", "refused"]);
  assert.match(fault.what, new RegExp(id));
});

test("facts without the settlement's age promise nothing", async (t) => {
  const one = await openCase(t);
  Object.assign(one.proof, { proof: null, batch: null });
  const { id, router } = one;
  const before = one.router.answers["/.well-known/aimo.json"];
  assert.equal(before, undefined);
  const told = (await (await fetch(`${router.url}/.well-known/aimo.json`)).json()) as Json;
  router.answers["/.well-known/aimo.json"] = factsOf(router.url, { ...told, limits: undefined });
  assert.match(stepsOf(await one.run()).words, /^not settled yet: try again later$/, id);
});
