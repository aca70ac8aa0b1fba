// The register of links: counts by wallet that never drift.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFakeLink } from "../test-bed/fake-link.ts";
import { createLinks } from "./links.ts";

test("counts are those of the links there are, whatever was added and removed", () => {
  const pool = ["a", "a", "b", "c"].map((wallet, index) => createFakeLink(wallet, `link-${index}`));
  const step = fc.record({ index: fc.nat(3), add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const links = createLinks();
      const present = new Set<number>();
      for (const { index, add } of steps) {
        if (add && !present.has(index)) {
          links.add(pool[index]!);
          present.add(index);
        } else if (!add) {
          links.remove(`link-${index}`);
          present.delete(index);
        }
      }
      assert.equal(links.count, present.size);
      assert.deepEqual(new Set(links.all()), new Set([...present].map((index) => pool[index])));
      for (const wallet of ["a", "b", "c", "never"]) {
        assert.equal(links.countOf(wallet), [...present].filter((index) => pool[index]?.wallet === wallet).length);
      }
      for (let index = 0; index < 4; index += 1)
        assert.equal(links.get(`link-${index}`), present.has(index) ? pool[index] : undefined);
    }),
  );
});

test("a revoked key ends the links that it opened and no other, whoever else names it", () => {
  const ended: string[] = [];
  const links = createLinks();
  for (const [index, [wallet, keyId]] of [
    ["a", "one"],
    ["a", "two"],
    ["a", "one"],
    ["b", "three"],
  ].entries() as ArrayIterator<[number, [string, string]]>) {
    const endKey = (reason: string): void => void ended.push(`${index} ${reason}`);
    links.add({ ...createFakeLink(wallet, `link-${index}`), keyId, endKey });
  }
  links.endKeys([
    { keyId: "one", wallet: "b" },
    { keyId: "one", wallet: "a" },
    { keyId: "three", wallet: "a" },
    { keyId: "four", wallet: "b" },
  ]);
  assert.deepEqual(ended, ["0 revoked", "2 revoked"]);
});
