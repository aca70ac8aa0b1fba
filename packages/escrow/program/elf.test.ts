import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sectionsOf, withSection } from "./elf.ts";

// The hostile test program is as the linker wrote it, without a section of ours.
const LINKED = new Uint8Array(readFileSync(join(import.meta.dirname, "bin/spoofer.so")));
const TEXT = new TextEncoder().encode("whom to tell");

test("a section that was added is read back, and every other is as it was", () => {
  const before = sectionsOf(LINKED);
  const after = sectionsOf(withSection(LINKED, ".told", TEXT));
  const isNames = ({ name }: { name: string }): boolean => name === ".s";
  assert.deepEqual(
    after.filter((section) => !isNames(section)),
    [...before.filter((section) => !isNames(section)), { name: ".told", content: TEXT }],
  );
  assert.ok(before.some(({ name, content }) => name === ".text" && content.length > 1_000));
});

test("nothing that is loaded moves or changes", () => {
  const names = sectionsOf(LINKED).find(({ name }) => name === ".s");
  assert.ok(names !== undefined);
  const loadedEnd = names.content.byteOffset - LINKED.byteOffset;
  const added = withSection(LINKED, ".told", TEXT);
  // The header differs in two fields, where the table of sections is and how many there are.
  const differing = [...LINKED.subarray(0, loadedEnd).keys()].filter((index) => LINKED[index] !== added[index]);
  assert.ok(differing.length > 0 && differing.every((index) => (index >= 40 && index < 48) || index === 60));
});

test("sections of any length leave the table aligned", () => {
  for (let length = 0; length < 9; length += 1) {
    const added = withSection(LINKED, ".told", new Uint8Array(length).fill(7));
    assert.equal(new DataView(added.buffer).getBigUint64(40, true) % 8n, 0n);
    assert.equal(sectionsOf(added).at(-1)?.content.length, length);
  }
});

test("sections stay in the order of their offsets, without which the loader refuses a program", () => {
  const sections = sectionsOf(withSection(LINKED, ".told", TEXT));
  const offsets = sections.map(({ content }) => content.byteOffset);
  assert.deepEqual(
    offsets,
    offsets.toSorted((a, b) => a - b),
  );
});

test("files that are not programs or end otherwise are refused", () => {
  assert.throws(() => withSection(Buffer.concat([LINKED, TEXT]), ".told", TEXT), /at the end of the file/);
  assert.throws(() => withSection(withSection(LINKED, ".told", TEXT), ".told", TEXT), /at the end of the file/);
  assert.throws(() => sectionsOf(TEXT), /64-bit little-endian ELF/);
});
