// Which URLs a Solana node may have, and what is taken from the cookie and the browser's own memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenUrl, cookieValue, readRpcUrl } from "./rpc-url.ts";

test("https anywhere, and http on this machine", () => {
  for (const [typed, url] of [
    ["https://rpc.example.com", "https://rpc.example.com/"],
    [" https://rpc.example.com:8899/key?api=1 ", "https://rpc.example.com:8899/key?api=1"],
    ["http://127.0.0.1:8899", "http://127.0.0.1:8899/"],
    ["http://localhost", "http://localhost/"],
    ["http://[::1]:8899", "http://[::1]:8899/"],
  ] as const) {
    assert.deepEqual(readRpcUrl(typed), { url });
  }
});

for (const [typed, fault] of [
  ["", /such as https/],
  ["rpc.example.com", /begins with https/],
  ["http://rpc.example.com", /Expected https:\/\/; http/],
  ["http://127.0.0.1.evil.example", /Expected https/],
  ["wss://rpc.example.com", /found wss/],
  ["javascript:alert(1)", /found javascript/],
  ["https://me:secret@rpc.example.com", /no user name/],
  [`https://rpc.example.com/${"x".repeat(1_000)}`, /at most 1000/],
] as const) {
  test(`${JSON.stringify(typed.slice(0, 40))} is refused`, () => {
    const read = readRpcUrl(typed);
    assert.match("fault" in read ? read.fault : "it was taken", fault);
  });
}

test("a cookie is found by its whole name, and what is not encoded text is none", () => {
  assert.equal(cookieValue("a=1; aimo_rpc=https%3A%2F%2Frpc.example; b=2", "aimo_rpc"), "https://rpc.example");
  assert.equal(cookieValue("xaimo_rpc=1", "aimo_rpc"), undefined);
  assert.equal(cookieValue("aimo_rpc=%E0%A4%A", "aimo_rpc"), undefined);
  assert.equal(cookieValue("aimo_rpc=a=b", "aimo_rpc"), "a=b");
  assert.equal(cookieValue("", "aimo_rpc"), undefined);
});

test("the URL that was kept counts where the cookie has its origin, and a cookie that others may have written does not", () => {
  const origin = "https://rpc.example";
  assert.equal(chosenUrl(origin, `${origin}/key`), `${origin}/key`);
  assert.equal(chosenUrl(origin, null), undefined);
  assert.equal(chosenUrl(origin, "https://other.example/key"), undefined);
  assert.equal(chosenUrl(origin, "nonsense"), undefined);
  assert.equal(chosenUrl(undefined, `${origin}/key`), undefined, "the page may not ask it");
  assert.equal(chosenUrl("ftp://x", `${origin}/key`), undefined);
});
