import assert from "node:assert/strict";
import { test } from "node:test";
import { directoryRows, safeHref } from "./directory-rows.ts";

const router = (address: string, url: string, mint = "M") => ({
  address,
  data: {
    ...{ routerId: `id of ${address}`, url, mint, batchCount: 7n, totalUser: 1_500_000n },
    params: { feeBps: 250n, minDeposit: 10_000n, userExitDelay: 3_600n, providerExitDelay: 86_400n },
  },
});

test("this router comes first, and its terms are in words", () => {
  const rows = directoryRows([router("A", "https://a.example"), router("B", "https://b.example")], {
    config: "B",
    mint: "M",
  });
  assert.deepEqual(
    rows.map(({ config, isThis }) => [config, isThis]),
    [
      ["B", true],
      ["A", false],
    ],
  );
  assert.deepEqual(rows[0], {
    config: "B",
    routerId: "id of B",
    url: "https://b.example",
    href: "https://b.example/",
    fee: "2.5 %",
    minDeposit: "0.01",
    userExit: "1 hour",
    providerExit: "1 day",
    usersHave: "1.5",
    batches: 7n,
    isThis: true,
    hasOtherMint: false,
  });
});

test("a router of another token is marked", () => {
  const [row] = directoryRows([router("A", "https://a.example", "other")], { config: "B", mint: "M" });
  assert.equal(row?.hasOtherMint, true);
});

test("only what a browser may open is a link", () => {
  assert.equal(safeHref("http://127.0.0.1:8787"), "http://127.0.0.1:8787/");
  for (const text of ["", "javascript:alert(1)", "data:text/html,x", "ftp://a", "//a.example", "a.example"]) {
    assert.equal(safeHref(text), undefined, text);
  }
  assert.equal(safeHref("https://bank.example@evil.example/"), undefined);
  assert.equal(safeHref("https://bank.example:pass@evil.example/"), undefined);
});
