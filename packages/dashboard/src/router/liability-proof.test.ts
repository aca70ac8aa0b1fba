import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkLiability } from "./liability-proof.ts";
import type { LiabilityProof } from "./liability-proof.ts";

interface Vectors {
  readonly users: readonly (Omit<LiabilityProof, "root"> & { readonly user: string })[];
  readonly root: { readonly hash: string; readonly total: string; readonly size: number };
}

const VECTORS_URL = new URL("../../../../docs/vectors/solvency.json", import.meta.url);
const { users, root: vectorRoot } = JSON.parse(readFileSync(VECTORS_URL, "utf8")) as Vectors;
const root = { ...vectorRoot, at: "2026-01-01T00:00:00.000Z" };
const [first, second] = users;
assert.ok(first !== undefined && second !== undefined);
const proof = { ...first, root };

test("every user of the vectors is counted", () => {
  for (const user of users) {
    const finding = checkLiability({ ...user, root }, user.user, root);
    assert.deepEqual(finding, { kind: "counted", balance: user.balance, root });
  }
});

test("a proof for somebody else, or of another balance, proves nothing", () => {
  assert.equal(checkLiability(proof, second.user, root).kind, "unproven");
  assert.equal(checkLiability({ ...proof, balance: "12.499999999" }, first.user, root).kind, "unproven");
  assert.equal(checkLiability({ ...proof, index: proof.index + 1 }, first.user, root).kind, "unproven");
  assert.equal(checkLiability({ ...proof, path: proof.path.slice(1) }, first.user, root).kind, "unproven");
});

test("what cannot be read is no proof, and throws nothing", () => {
  for (const broken of [{ salt: "zz" }, { balance: "-1" }, { balance: "many" }, { path: [{ hash: "00", sum: "1" }] }]) {
    assert.equal(checkLiability({ ...proof, ...broken }, first.user, root).kind, "unproven", JSON.stringify(broken));
  }
  assert.equal(checkLiability(proof, "nobody", root).kind, "unproven");
});

test("a root that others are not shown is told; a newer one that is shown is another moment", () => {
  const shown = { ...root, hash: "00".repeat(32) };
  assert.deepEqual(checkLiability(proof, first.user, shown), {
    kind: "other-root",
    proven: root.hash,
    shown: shown.hash,
  });
  assert.equal(checkLiability(proof, first.user, { ...shown, at: "2026-01-01T01:00:00.000Z" }).kind, "counted");
  assert.equal(checkLiability(proof, first.user, undefined).kind, "counted");
});
