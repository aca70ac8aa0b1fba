// Random bytes and fractions: as many as asked for, nobody else's, and repeatable from a seed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, systemRandom } from "./random.ts";

test("the system's generator gives as many bytes as asked for, below, at and above its pool's size", () => {
  for (const count of [0, 1, 16, 4095, 4096, 4097, 70_000 - 4464])
    assert.equal(systemRandom.bytes(count).length, count);
});

test("the system's generator gives no bytes twice, and none that a later call changes", () => {
  const kept = Array.from({ length: 2_000 }, () => systemRandom.bytes(16));
  const texts = kept.map((bytes) => bytes.join());
  assert.equal(new Set(texts).size, 2_000);
  systemRandom.bytes(4_096);
  assert.deepEqual(
    kept.map((bytes) => bytes.join()),
    texts,
  );
});

test("bytes are the caller's own: nothing else of the pool is behind them", () => {
  const bytes = systemRandom.bytes(16);
  assert.equal(bytes.buffer.byteLength, 16);
});

test("fractions lie in [0, 1) and spread over it", () => {
  for (const random of [systemRandom, seededRandom(7)]) {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw++) {
      const fraction = random.fraction();
      assert(fraction >= 0 && fraction < 1);
      counts[Math.floor(fraction * 10)]! += 1;
    }
    // 1,000 expected in each tenth; eight standard deviations (30 each) away would be a fault, not bad luck.
    assert(
      counts.every((count) => Math.abs(count - 1_000) < 240),
      counts.join(),
    );
  }
});

test("one seed always gives one sequence, another seed another", () => {
  const draw = (seed: number): readonly unknown[] => {
    const random = seededRandom(seed);
    return [random.fraction(), [...random.bytes(8)], random.fraction()];
  };
  assert.deepEqual(draw(42), draw(42));
  assert.notDeepEqual(draw(42), draw(43));
  assert.equal(seededRandom(42).fraction(), 0.6011037519201636); // mulberry32's first value for this seed
});
