import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ResponseReader } from "./response-reader.ts";

const WITH_LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const EMPTY = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nx: y\r\n\r\n";
const IN_CHUNKS =
  "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe\r\nl\r\nA\r\n0123456789\r\n0\r\n\r\n";

/** Pushes `text` cut at these places; returns the statuses of whole responses and all body bytes told. */
function read(text: string, cuts: readonly number[] = []): { statuses: number[]; bytes: number } {
  const statuses: number[] = [];
  let bytes = 0;
  const reader = new ResponseReader({ body: (more) => (bytes += more), ended: (status) => statuses.push(status) });
  const places = [0, ...cuts, text.length].toSorted((one, other) => one - other);
  for (const [index, place] of places.entries()) reader.push(Buffer.from(text.slice(place, places[index + 1])));
  return { statuses, bytes };
}

test("a response with a length ends with its last byte", () => {
  assert.deepEqual(read(WITH_LENGTH), { statuses: [200], bytes: 5 });
  assert.deepEqual(read(WITH_LENGTH.slice(0, -1)), { statuses: [], bytes: 4 });
  assert.deepEqual(read(EMPTY), { statuses: [503], bytes: 0 });
});

test("a response that only says that nothing has changed ends with its head", () => {
  const unchanged = 'HTTP/1.1 304 Not Modified\r\netag: "x"\r\n\r\n';
  assert.deepEqual(read(`${unchanged}${unchanged}${WITH_LENGTH}`).statuses, [304, 304, 200]);
});

test("a response in chunks ends with the line behind its last chunk", () => {
  assert.deepEqual(read(IN_CHUNKS).statuses, [201]);
  assert.deepEqual(read(IN_CHUNKS.slice(0, -1)).statuses, []);
});

test("responses are read alike however their bytes are cut", () => {
  const text = WITH_LENGTH + IN_CHUNKS + EMPTY + WITH_LENGTH;
  const whole = read(text);
  assert.deepEqual(whole.statuses, [200, 201, 503, 200]);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      assert.deepEqual(read(text, cuts), whole);
    }),
  );
});

test("a response of unknown length is refused", () => {
  assert.throws(() => read("HTTP/1.1 200 OK\r\nx: y\r\n\r\n"), /neither a length nor chunks/);
  assert.throws(() => read(IN_CHUNKS.replace("\r\nA\r\n", "\r\nzz\r\n")), /the size of a chunk/);
});
