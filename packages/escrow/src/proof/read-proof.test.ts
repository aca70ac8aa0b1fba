// What a router tells of an answer is read whole, or is told as what is wrong with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReceiptScene } from "../test-bed/receipt-scene.ts";
import { toldProof } from "../test-bed/told-proof.ts";
import type { ToldProof } from "../test-bed/told-proof.ts";
import { readProof } from "./read-proof.ts";

const { evidence } = await (await ReceiptScene.open()).settled();

function readWith(change: (told: ToldProof) => void): ReturnType<typeof readProof> {
  const told = toldProof(evidence);
  change(told);
  return readProof({ data: told });
}

test("a proof has the receipt, its place and its batch; without the last two it is not settled yet", () => {
  const { batch, receipt, salt, proof: place } = evidence;
  const { batchId: id, root, signature } = batch;
  const whole = { receipt, salt, place, batch: { id, root, signature, hasLanded: true } };
  assert.deepEqual(
    readWith(() => undefined),
    whole,
  );
  assert.deepEqual(
    readWith((told) => Object.assign(told, { proof: null, batch: null })),
    { receipt, salt, place: undefined, batch: undefined },
  );
});

test("what is none is said", () => {
  for (const [change, wrong] of [
    [(told: ToldProof) => void (told.receipt["flags"] = -1), /flags/],
    [(told: ToldProof) => void (told["salt"] = "00"), /^its salt is not 16 bytes in hexadecimal$/],
    [(told: ToldProof) => void (told["salt"] = "zz".repeat(16)), /^its salt/],
    [(told: ToldProof) => void (told.proof = { ...told.proof, path: ["00"] }), /^its place in the batch is none$/],
    [(told: ToldProof) => void (told.proof = { ...told.proof, index: 0.5 }), /^its place/],
    [
      (told: ToldProof) =>
        void (told.proof = { ...told.proof, path: Array.from({ length: 65 }, () => "00".repeat(32)) }),
      /^its place/,
    ],
    [(told: ToldProof) => void (told.batch = { ...told.batch, id: "4x" }), /^its batch is none$/],
  ] as const) {
    const found = readWith(change);
    assert.ok("wrong" in found);
    assert.match(found.wrong, wrong);
  }
  for (const body of [null, {}, { data: [] }, "text"]) assert.ok("wrong" in readProof(body));
});
