// A file is read whole, and no further than it may be; what is none is not waited for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NotAFile, readSmallFile } from "./small-file.ts";

test("a file is read up to one byte more than it may have, a folder and a pipe not at all", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "aimo-file-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [file, pipe] = [join(folder, "file"), join(folder, "pipe")];
  for (const [text, read] of [
    ["", ""],
    ["1234", "1234"],
    ["12345", "12345"],
    ["1234567890", "12345"],
  ] as const) {
    writeFileSync(file, text);
    assert.equal(readSmallFile(file, 4).toString(), read);
  }
  execFileSync("mkfifo", [pipe]);
  for (const none of [folder, pipe, "/dev/zero"]) assert.throws(() => readSmallFile(none, 4), NotAFile);
  assert.throws(() => readSmallFile(join(folder, "missing"), 4), { code: "ENOENT" });
  const refuse = (): never => {
    throw new Error("not this one");
  };
  assert.throws(() => readSmallFile(file, 4, refuse), /not this one/);
});
