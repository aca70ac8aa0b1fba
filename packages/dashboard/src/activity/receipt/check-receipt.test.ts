// Receipts of a batch that the real program settled, and everything that a router or a node could say instead.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerOf, deliver, ReceiptScene, signatureOf } from "@aimo-network/escrow/test-bed/receipt-scene";
import { toldProof, toldRecord } from "@aimo-network/escrow/test-bed/told-proof";
import { admittedAtMs } from "@aimo-network/protocol/receipt";
import { checkReceipt } from "./check-receipt.ts";
import type { CheckedReceipt, ReceiptNode } from "./check-receipt.ts";
import { sentence, verdictOf } from "./check-steps.ts";
import type { Findings } from "./check-steps.ts";

const AGE_MS = 600_000;

const scene = await ReceiptScene.open();
const { kept, evidence } = await scene.settled();
const settlement = await answerOf(kept);

/** What is asked for, for a test to change before it is checked. */
function openCase() {
  const proof = toldProof(evidence);
  const asked: string[] = [];
  const one = {
    id: String(proof.receipt["id"]),
    wallet: evidence.receipt.user,
    routerId: evidence.receipt.routerId,
    proof,
    record: toldRecord(evidence),
    settlement: settlement as Awaited<ReturnType<ReceiptNode["settlement"]>>,
    asked,
    askedFor: (openNode: CheckedReceipt["openNode"]): CheckedReceipt => ({
      id: one.id,
      wallet: one.wallet,
      routerId: one.routerId,
      router: {
        routerId: evidence.routerId,
        place: { address: evidence.config, programAddress: evidence.programAddress },
      },
      proof: { data: one.proof },
      record: { data: one.record },
      settleAgeMs: AGE_MS,
      openNode,
    }),
    check: (): Promise<Findings> =>
      checkReceipt(
        one.askedFor(() =>
          Promise.resolve({
            origin: "https://node.example",
            settlement(signature) {
              asked.push(signature);
              return Promise.resolve(one.settlement);
            },
          }),
        ),
      ),
  };
  return one;
}

function resultsOf({ steps }: Findings): string[] {
  return steps.map(({ step, result }) => `${step} ${result}`);
}

const OWN = ["receipt right", "record right", "cost right"];

test("an answer that was settled is verified from its receipt down to the transaction", async () => {
  const one = openCase();
  const found = await one.check();
  assert.deepEqual(resultsOf(found), [...OWN, "leaf right", "root right", "transaction right"]);
  assert.equal(verdictOf(found), "verified");
  assert.equal(found.signature, signatureOf(kept.transaction));
  assert.deepEqual(one.asked, [found.signature]);
  assert.match(found.steps.at(-1)?.words ?? "", /node at https:\/\/node\.example: .* settled batch 41/);
});

describe("what is wrong is found at its step", () => {
  type Case = ReturnType<typeof openCase>;
  const lies: readonly (readonly [what: string, step: string, lie: (one: Case) => void])[] = [
    ["a receipt that is none", "receipt", ({ proof }) => void (proof.receipt["flags"] = -1)],
    ["a receipt with a member too many", "receipt", ({ proof }) => void (proof.receipt["note"] = "x")],
    ["another answer", "receipt", (one) => void (one.id = "gen-019c0000-0001-7000-8000-000000000000")],
    ["another router", "receipt", ({ proof }) => void (proof.receipt["router"] = proof.receipt["user"])],
    ["somebody else's", "receipt", (one) => void (one.wallet = evidence.receipt.provider)],
    ["a salt that is too short", "receipt", ({ proof }) => void (proof["salt"] = "00")],
    ["hashes that are none", "receipt", ({ proof }) => void (proof.proof = { ...proof.proof, path: ["zz"] })],
    ["another cost than was told", "record", ({ record }) => void (record["cost"] = "0.5")],
    ["other tokens than were told", "record", ({ record }) => void (record["native_tokens_prompt"] = 1)],
    ["another model than was told", "record", ({ record }) => void (record["model"] = "other/m")],
    [
      "more than the tokens come to",
      "cost",
      ({ proof, record }) => void Object.assign(record, { cost: (proof.receipt["cost"] = "1") }),
    ],
    ["a charge for an answer that was broken off", "cost", ({ proof }) => void (proof.receipt["flags"] = 16)],
    ["a place that is none", "leaf", ({ proof }) => void (proof.proof = { ...proof.proof, index: 9 })],
    ["a changed receipt", "root", ({ proof }) => void (proof.receipt["reasoning_tokens"] = 99)],
    ["another salt", "root", ({ proof }) => void (proof["salt"] = "ab".repeat(16))],
    ["another root", "root", ({ proof }) => void (proof.batch = { ...proof.batch, root: "00".repeat(32) })],
    ["another batch", "transaction", ({ proof }) => void (proof.batch = { ...proof.batch, id: "42" })],
    ["a transaction nobody knows", "transaction", (one) => void (one.settlement = null)],
    [
      "a transaction that failed",
      "transaction",
      (one) => {
        assert.ok(settlement !== null && settlement.meta !== null);
        // oxlint-disable-next-line id-denylist -- the name that nodes give it
        one.settlement = { ...settlement, meta: { ...settlement.meta, err: "AccountInUse" } };
      },
    ],
  ];
  for (const [what, step, lie] of lies) {
    test(what, async () => {
      const one = openCase();
      lie(one);
      const found = await one.check();
      assert.equal(resultsOf(found).at(-1), `${step} wrong`, JSON.stringify(found));
      assert.equal(verdictOf(found), "wrong");
    });
  }

  test("a transaction that settled something else", async () => {
    const one = openCase();
    const other = await ReceiptScene.open();
    const foreign = deliver(other.scene, other.settlement(new Uint8Array(32).fill(5)));
    one.settlement = await answerOf(foreign);
    one.proof.batch = { ...one.proof.batch, signature: signatureOf(foreign.transaction) };
    assert.equal(resultsOf(await one.check()).at(-1), "transaction wrong");
  });
});

test("without a node everything but the transaction is checked, and why there is none is kept", async () => {
  const one = openCase();
  const away = new Error("no node");
  const found = await checkReceipt(one.askedFor(() => Promise.reject(away)));
  assert.deepEqual(resultsOf(found), [...OWN, "leaf right", "root right"]);
  assert.deepEqual([found.fault, verdictOf(found)], [away, "unasked"]);
});

describe("an answer that is not settled yet", () => {
  test("waits, and says by when it is settled", async () => {
    const one = openCase();
    Object.assign(one.proof, { proof: null, batch: null });
    const found = await one.check();
    assert.deepEqual(resultsOf(found), [...OWN, "leaf waits"]);
    assert.equal(verdictOf(found), "waits");
    assert.equal(found.settlesByMs, admittedAtMs(evidence.receipt) + AGE_MS);
    assert.deepEqual(one.asked, [], "the chain is not asked for what nobody says is there");
  });

  test("or in a batch that has not landed, or is not final", async () => {
    const one = openCase();
    one.proof.batch = { ...one.proof.batch, has_landed: false };
    assert.deepEqual(resultsOf(await one.check()).at(-1), "transaction waits");
    one.proof.batch = { id: "41", root: null, signature: null, has_landed: false };
    assert.match((await one.check()).steps.at(-1)?.words ?? "", /^batch 41 is on its way/);
    const other = openCase();
    other.settlement = "pending";
    const found = await other.check();
    assert.deepEqual([resultsOf(found).at(-1), verdictOf(found)], ["transaction waits", "waits"]);
  });

  test("is wrong already where it cost more than its tokens come to", async () => {
    const one = openCase();
    Object.assign(one.proof, { proof: null, batch: null });
    one.record["cost"] = "1";
    one.proof.receipt["cost"] = "1";
    assert.deepEqual(resultsOf(await one.check()).at(-1), "cost wrong");
  });

  test("waits for nothing where nothing was charged", async () => {
    const one = openCase();
    Object.assign(one.proof.receipt, { cost: "0", flags: 32 });
    Object.assign(one.proof, { proof: null, batch: null });
    one.record["cost"] = "0";
    const found = await one.check();
    assert.deepEqual([resultsOf(found), verdictOf(found)], [OWN, "free"]);
  });
});

test("the words of a step are shown as a sentence", () => {
  assert.equal(sentence("expected one, found two"), "Expected one, found two.");
  assert.equal(sentence("Done."), "Done.");
  assert.equal(sentence("aimo/demo, 5 + 6 tokens"), "aimo/demo, 5 + 6 tokens.");
  assert.equal(sentence("ab01cd, place 1 of 7"), "ab01cd, place 1 of 7.");
});
