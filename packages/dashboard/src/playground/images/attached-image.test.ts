import assert from "node:assert/strict";
import { test } from "node:test";
import { CONVERSATION_IMAGE_BYTES_MAX, IMAGE_BYTES_MAX, IMAGES_MAX } from "../limits.ts";
import { sizeText, sortFiles } from "./attached-image.ts";

const file = (size: number, type = "image/png", name = "a.png") => ({ name, type, size });
const none = { count: 0, bytes: 0 };

test("images of the right kind and size are taken", () => {
  const files = ["image/png", "image/jpeg", "image/webp", "image/gif"].map((type) => file(IMAGE_BYTES_MAX / 4, type));
  assert.deepEqual(sortFiles(files, none), { taken: files, refusals: [] });
});

test("others are refused by name, with what was expected and found", () => {
  const { taken, refusals } = sortFiles(
    [file(10, "image/svg+xml", "x.svg"), file(10, "", "y"), file(0), file(IMAGE_BYTES_MAX + 1)],
    none,
  );
  assert.deepEqual(taken, []);
  assert.match(refusals[0] ?? "", /“x\.svg” is not taken: expected PNG, JPEG, WebP or GIF, found image\/svg\+xml/);
  assert.match(refusals[1] ?? "", /found a file of an unknown kind/);
  assert.match(refusals[2] ?? "", /it is empty/);
  assert.match(refusals[3] ?? "", /at most 8\.0 MB can be sent/);
});

test("a question has so many images, and a conversation so many bytes of them", () => {
  const many = Array.from({ length: IMAGES_MAX + 1 }, () => file(1));
  assert.equal(sortFiles(many, none).taken.length, IMAGES_MAX);
  assert.equal(sortFiles([file(1)], { count: IMAGES_MAX, bytes: 0 }).taken.length, 0);
  assert.equal(sortFiles([file(10)], { count: 0, bytes: CONVERSATION_IMAGE_BYTES_MAX - 10 }).taken.length, 1);
  const { taken, refusals } = sortFiles([file(10), file(1)], { count: 0, bytes: CONVERSATION_IMAGE_BYTES_MAX - 10 });
  assert.equal(taken.length, 1);
  assert.match(refusals[0] ?? "", /together have 20\.0 MB at most/);
});

test("sizes in words", () => {
  assert.deepEqual([1, 1_024, 86_016, 2_411_724].map(sizeText), ["1 bytes", "1 KB", "84 KB", "2.3 MB"]);
});
