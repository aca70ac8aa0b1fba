import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sectionsOf } from "../program/elf.ts";
import { readSecurityText, SECURITY_SECTION, securityText } from "../program/security-text.ts";
import { BINARY_PATH, PROGRAM_BYTES_MAX, readBinary } from "./binary.ts";

const BIN = join(import.meta.dirname, "../program/bin");
const scratch = mkdtempSync(join(tmpdir(), "aimo-binary-"));
after(() => rmSync(scratch, { recursive: true }));

/** What may have been built elsewhere and is tested instead of what is in git. */
const tested = readBinary(process.env["AIMO_ESCROW_BINARY"]);

test("the binaries in git are those that their SHA-256 names", () => {
  for (const name of ["aimo_escrow.so", "spoofer.so"]) {
    const sha256 = createHash("sha256")
      .update(readFileSync(join(BIN, name)))
      .digest("hex");
    assert.equal(readFileSync(join(BIN, `${name}.sha256`), "utf8"), `${sha256}  ${name}\n`);
  }
});

test("the tools that made them are written down", () => {
  const lines = readFileSync(join(BIN, "tools.txt"), "utf8").split("\n");
  assert.match(lines[0] ?? "", /^rustc \d+\.\d+\.\d+ \([0-9a-f]+ /);
  assert.match(lines[1] ?? "", /^its LLVM \d+\./);
  assert.match(lines[2] ?? "", /^sbpf-linker \d+\.\d+\.\d+ with LLVM \d+\./);
});

test("the program is at most 100 KB, and nothing else is read as one", () => {
  assert.ok(tested.length <= 100 * 1024);
  assert.equal(PROGRAM_BYTES_MAX, 100 * 1024);
  const path = join(scratch, "large.so");
  writeFileSync(path, Buffer.concat([tested, Buffer.alloc(PROGRAM_BYTES_MAX)]));
  assert.throws(() => readBinary(path), /at most 102400 bytes/);
  assert.throws(() => readBinary(join(BIN, "tools.txt")), /expected a program/);
  assert.equal(readBinary(BINARY_PATH).length, readFileSync(BINARY_PATH).length);
});

test("the program says whom to tell about its faults, in a section that is never loaded", () => {
  const section = sectionsOf(tested).find(({ name }) => name === SECURITY_SECTION);
  const source = readFileSync(join(BIN, "../security.txt"), "utf8");
  assert.deepEqual(section?.content, securityText(source));
  const fields = readSecurityText(tested);
  assert.equal(fields.get("name"), "AiMo Network escrow");
  assert.equal(fields.get("project_url"), "https://aimo.network");
  assert.equal(fields.get("contacts"), "email:security@aimo.network");
  assert.match(fields.get("policy") ?? "", /packages\/escrow\/SECURITY\.md/);
});

test("nothing in the program knows the machine it was built on", () => {
  const known = readSecurityText(tested);
  const told = [...known.values()].join("\n");
  // Runs of printable characters, as `strings` finds them.
  const runs =
    Buffer.from(tested)
      .toString("latin1")
      .match(/[\x20-\x7e]{5,}/g) ?? [];
  assert.ok(runs.length > 5);
  assert.deepEqual(
    runs.filter((run) => !told.includes(run) && /\/[\w.-]+\/|\.rs\b|\.cargo|rustc|[A-Z]:\\/.test(run)),
    [],
  );
});
