import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { faultOf } from "../test-bed/reading-bed.ts";
import { readPiped } from "./piped-input.ts";

test("what is piped in is one text, wherever its bytes were parted", async () => {
  const bytes = Buffer.from("größe 🙂\n");
  const pieces = [...bytes].map((byte) => Buffer.of(byte));
  assert.equal(await readPiped(Readable.from(pieces), 100), "größe 🙂\n");
  assert.equal(await readPiped(Readable.from([]), 100), "");
});

test("the greatest length is taken, and one byte more is not", async () => {
  assert.equal((await readPiped(Readable.from([Buffer.alloc(10, "a")]), 10)).length, 10);
  const fault = await faultOf(readPiped(Readable.from([Buffer.alloc(6, "a"), Buffer.alloc(5, "a")]), 10));
  assert.equal(fault.what, "Standard input is too long.");
});

test("what is no text is refused", async () => {
  assert.equal((await faultOf(readPiped(Readable.from([Buffer.of(0xff)]), 10))).what, "Standard input is no text.");
});

test("Ctrl-C ends the waiting for whoever never ends the pipe", async () => {
  const stop = new AbortController();
  const reading = faultOf(readPiped(new PassThrough(), 10, stop.signal));
  stop.abort();
  assert.equal((await reading).reason, "interrupted");
});
