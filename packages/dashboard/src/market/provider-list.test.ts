import assert from "node:assert/strict";
import { test } from "node:test";
import { findProviders } from "./provider-list.ts";

const provider = (wallet: string, since: string, ...models: string[]) => ({ wallet, connected_since: since, models });
const ALL = [
  provider("Aaa", "2026-01-03", "x/one"),
  provider("Bbb", "2026-01-02", "x/one"),
  provider("Ccc", "2026-01-04", "x/one", "y/two"),
  provider("Ddd", "2026-01-01"),
];
const wallets = (text: string): readonly string[] => findProviders(ALL, text).map(({ wallet }) => wallet);

test("who sells most is first, and of equal ones who has been there longest", () => {
  assert.deepEqual(wallets(""), ["Ccc", "Bbb", "Aaa", "Ddd"]);
});

test("a part of a wallet or of a model's name finds them, whatever its case", () => {
  assert.deepEqual(wallets(" bB "), ["Bbb"]);
  assert.deepEqual(wallets("y/TWO"), ["Ccc"]);
  assert.deepEqual(wallets("nobody"), []);
});
