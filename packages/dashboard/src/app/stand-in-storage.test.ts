// A page in a browser that keeps nothing still runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StorageScope } from "./stand-in-storage.ts";
import { standInForStorage } from "./stand-in-storage.ts";

function refuse(): never {
  throw new DOMException("Access is denied for this document.", "SecurityError");
}

function scopeOf(get: () => unknown): StorageScope {
  const given = { get, configurable: true };
  return Object.defineProperties({}, { localStorage: given, sessionStorage: given }) as StorageScope;
}

test("what the browser refuses is stood in for while the page lives, each for itself", () => {
  const scope = scopeOf(refuse);
  assert.throws(() => scope.localStorage, /denied/);
  standInForStorage(scope);
  const { localStorage, sessionStorage } = scope;
  localStorage.setItem("__proto__", "a");
  localStorage.setItem("b", "c");
  assert.deepEqual([localStorage.getItem("__proto__"), localStorage.key(1), localStorage.length], ["a", "b", 2]);
  assert.deepEqual([sessionStorage.getItem("b"), sessionStorage.key(0)], [null, null]);
  localStorage.removeItem("b");
  assert.equal(localStorage.getItem("b"), null);
  localStorage.clear();
  assert.equal(localStorage.length, 0);
});

test("what the browser gives stays, and null is nothing that it gives", () => {
  const given = { getItem: () => "kept" };
  const scope = scopeOf(() => given);
  standInForStorage(scope);
  assert.equal(scope.localStorage, given);
  const none = scopeOf(() => null); // as some views inside of apps have it
  standInForStorage(none);
  assert.equal(none.localStorage.getItem("x"), null);
});
