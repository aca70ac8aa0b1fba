// How soon money can be spent: from a deposit's confirmation on the chain to a request that it pays for.
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import type { MoneySite } from "../money/money-site.ts";
import { onMoneySite } from "../money/money-site.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import { percentile } from "../results/spread.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

const DEPOSITS = 20; // a round, each of somebody new
const MS_MAX = 1_000;
const USDC = microUsdc(1_000_000n);
const LAMPORTS = 100_000_000n;
const LOOK_MS = 5; // between two looks whether it is confirmed: what this adds is not counted
const GIVE_UP_MS = 30_000;

async function until(clock: Clock, what: string, restMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const dueMs = clock.monotonic() + GIVE_UP_MS;
  while (!(await isSo())) {
    if (clock.monotonic() > dueMs) throw new Error(`waited ${GIVE_UP_MS} ms in vain for ${what}`);
    if (restMs > 0) await sleep(clock, restMs);
  }
}

/** Milliseconds from one deposit's confirmation until a request was answered that it paid for. */
async function depositMs({ faucet, localnet }: MoneySite, clock: Clock): Promise<number> {
  const wallet = newWallet();
  const { router_url: url, router_id: routerId } = localnet.file;
  const key = await makeUserKey(clock, wallet, routerId);
  const { address } = walletSigner(wallet);
  const sending = faucet.fund(wallet, { lamports: LAMPORTS, usdc: USDC, deposit: USDC });
  await until(clock, "a deposit", LOOK_MS, async () => (await faucet.look(address)).escrow !== undefined);
  const confirmedMs = clock.monotonic();
  const body = JSON.stringify({ model: "mock/bench", max_tokens: 50, messages: [{ role: "user", content: "Hi" }] });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  await until(clock, "a request that is admitted", 0, async () => {
    const response = await fetch(`${url}/api/v1/chat/completions`, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.status === 200;
  });
  const admittedMs = clock.monotonic();
  await sending;
  return admittedMs - confirmedMs;
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const { clock, rounds, say } = tools;
  return await onMoneySite(tools, async (site) => {
    await depositMs(site, clock); // warm-up, not counted
    const all: number[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      say(`deposit, round ${round + 1}`);
      const times: number[] = [];
      for (let count = 0; count < DEPOSITS; count += 1) times.push(await depositMs(site, clock));
      all.push(times);
    }
    const table = "Milliseconds from a deposit's confirmation on the localnet's chain to an answer that it pays for";
    const about = { table, case: `a round of ${DEPOSITS}`, digits: 0, atMost: MS_MAX };
    return [
      figure(
        { ...about, what: "p50" },
        all.map((times) => percentile(times, 0.5)),
      ),
      figure(
        { ...about, what: "max" },
        all.map((times) => Math.max(...times)),
      ),
    ];
  });
}

/** The subject `deposit`. */
export const DEPOSIT: BenchCase = { name: "deposit", measure };
