import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { startLocalnet } from "../localnet.ts";
import { temporaryDirectory, waitFor } from "../test-bed/chain-bed.ts";
import { fundInLedgerAt } from "../test-bed/fund-in-ledger.ts";
import { waitForCredit } from "./demo-deposit.ts";

test("a network is ready when the whole deposit is credited, and not before; a key that is refused is told at once", async (t) => {
  const directory = temporaryDirectory();
  const { file, stop } = await startLocalnet(
    { port: 0, dataDirectory: directory, fresh: false, withProvider: false, withChain: false },
    { clock: systemClock, environment: process.env, onLine: () => undefined },
  );
  t.after(stop);
  const credit = async (usdc: string): Promise<void> => {
    const gift = { wallet: file.user.wallet, usdc, source: "test" };
    await fundInLedgerAt(runningPostgresUrl(join(directory, "router")) ?? "", systemClock, gift);
  };
  const clock = manualClock();
  const broken = new Promise<string>(() => undefined);
  const isAskedAgainLater = (): Promise<void> => waitFor("another look", () => Promise.resolve(clock.waiting === 1));

  const waiting = waitForCredit({ clock, broken }, file.router_url, file.user.api_key);
  await isAskedAgainLater();
  await credit("99.999999");
  clock.advance(25);
  await isAskedAgainLater();
  await credit("100");
  clock.advance(25);
  await waiting;

  await assert.rejects(
    waitForCredit({ clock, broken }, file.router_url, "sk-wrong"),
    /refused to tell.*malformed_key/s,
  );
});
