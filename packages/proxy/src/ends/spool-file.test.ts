// The bytes of a spool file that are read back: all of them up to the limit, beyond it the newest.
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SPOOL_BYTES_MAX } from "../limits.ts";
import { createEnd } from "../serving/end.ts";
import { keptLine, readSpool } from "./spool-file.ts";

const line = (number: number): string =>
  keptLine({
    routerId: "router",
    keptAtMs: 0,
    end: createEnd({
      attemptId: number.toString(16).padStart(32, "0"),
      reader: undefined,
      calledAtMs: 0,
      firstByteAtMs: 5,
      endedAtMs: 10,
      cancelled: false,
    }),
  });

for (const [name, bytes, ends] of [
  ["of the limit is read whole", SPOOL_BYTES_MAX, 2],
  ["one byte longer loses the line that this cuts", SPOOL_BYTES_MAX + 1, 1],
] as const) {
  test(`a spool file ${name}`, (context) => {
    const directory = mkdtempSync(join(tmpdir(), "aimo-spool-"));
    context.after(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, "ends.jsonl");
    const last = `\n${line(2)}`;
    writeFileSync(path, line(1));
    truncateSync(path, bytes - last.length); // zeros: a line that cannot be read
    appendFileSync(path, last);
    const contents = readSpool(path);
    assert.deepEqual([contents.ends.size, contents.ends.has("2".padStart(32, "0"))], [ends, true]);
  });
}
