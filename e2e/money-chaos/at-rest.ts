// Waits until a network is at rest, and insists that its chain and its ledger are right then, alone and together.
import assert from "node:assert/strict";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { address } from "@solana/kit";
import type { Base64EncodedWireTransaction } from "@solana/kit";
import type { ChainObservation } from "aimo-router/src/chain/observation.ts";
import { lookAtAll, surveyGround } from "aimo-router/src/chain/observation.ts";
import { parseConfig } from "aimo-router/src/config.ts";
import { createLog } from "aimo-router/src/log.ts";
import { checkBooks, reconcileBooks } from "aimo-router/src/rooms.ts";
import { brokenRules } from "../crash/book-rules.ts";
import { brokenChainRules } from "./chain-rules.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { brokenMoneyRules } from "./money-rules.ts";
import type { Payer } from "./payer.ts";
import type { Withdrawer } from "./withdrawer.ts";

const REST_MS = 25_000; // longer than the longest pause of a router that had to do something again
const LOOK_MS = 40;
const WIRES = `SELECT wire FROM settle_batches WHERE wire IS NOT NULL AND queued_at > now() - interval '1 minute'
  UNION SELECT wire FROM withdrawals WHERE wire IS NOT NULL AND requested_at > now() - interval '1 minute'`;

async function lookAtChain({ world, routerId, place }: MoneyNetwork): Promise<ChainObservation> {
  const ground = await surveyGround({
    programAddress: place.programAddress,
    routerId: address(routerId),
    commitment: "confirmed",
  });
  const options = { floor: 0n, abortSignal: new AbortController().signal };
  return (await lookAtAll(world.faucetChain.rpc, ground, options)).observation;
}

/** What `aimo-router reconcile` and `aimo-router check-ledger` do, in this process. */
async function commandFaults({ instances, databaseUrl, world }: MoneyNetwork): Promise<string[]> {
  const environment = { ...instances[0]?.environment, DATABASE_URL: databaseUrl, AIMO_RPC_URL: world.chain.rpcUrl };
  const config = parseConfig(environment);
  const deps = { clock: systemClock, log: createLog("silent") };
  const [reconciled, checked] = await Promise.all([reconcileBooks(config, deps), checkBooks(config, deps)]);
  const isAgreed = reconciled.code === 0 && reconciled.lines.length === 1;
  return [
    ...(isAgreed ? [] : [`reconcile ends with ${reconciled.code}: ${reconciled.lines.join("\n")}`]),
    ...(checked.code === 0 ? [] : [`check-ledger ends with ${checked.code}: ${checked.lines.join("\n")}`]),
  ];
}

/** What people know that the ledger says otherwise. */
async function toldOtherwise({ database }: MoneyNetwork, users: readonly Payer[]): Promise<string[]> {
  const text = `SELECT coalesce(sum(g.cost), 0) AS charged, (SELECT coalesce(sum(amount), 0) FROM deposit_events WHERE user_id = w.id) AS deposited
    FROM wallets w LEFT JOIN generations g ON g.user_id = w.id WHERE w.address = $1 GROUP BY w.id`;
  const faults: string[] = [];
  for (const { wallet, address: name, answers, deposited } of users) {
    const [row] = await database.query<{ charged: bigint; deposited: bigint }>(text, [wallet.publicKey]);
    const told = answers.reduce((sum, { cost }) => sum + cost, 0n);
    if ((row?.charged ?? 0n) < told)
      faults.push(`not so: ${name} is charged what it was told: ${row?.charged} for ${told}`);
    if ((row?.deposited ?? 0n) !== deposited * 1000n)
      faults.push(`not so: ${name} was credited what it deposited: ${row?.deposited} for ${deposited} micro-USDC`);
  }
  return faults;
}

async function findFaults(network: MoneyNetwork, users: readonly Payer[]): Promise<string[]> {
  const { query } = network.database;
  const seen = await lookAtChain(network);
  return [
    ...brokenChainRules(seen),
    ...(await brokenMoneyRules(query, seen)),
    ...(await toldOtherwise(network, users)),
    ...(await brokenRules(query)),
    ...(await commandFaults(network)),
  ];
}

/** Sends whatever was ever signed once more, past the router: nothing of it may have any effect. */
export async function replayEverything(network: MoneyNetwork, withdrawers: readonly Withdrawer[]): Promise<void> {
  const { rpc } = network.world.faucetChain;
  const rows = await network.database.query<{ wire: Base64EncodedWireTransaction }>(WIRES);
  const wires = [...withdrawers.flatMap((withdrawer) => [...withdrawer.wires]), ...rows.map(({ wire }) => wire)];
  for (const wire of wires) {
    await rpc
      .sendTransaction(wire, { encoding: "base64", skipPreflight: true })
      .send()
      .catch(() => undefined); // refused, as it should be
  }
}

/** Waits until a network is at rest and nothing is wrong; throws what still is. */
export async function insistAtRest(network: MoneyNetwork, users: readonly Payer[]): Promise<void> {
  const dueMs = systemClock.monotonic() + REST_MS;
  // What a killed router had locked comes back when the lock's time is over: as if it were.
  await network.database.query("SELECT ledger_expire(now() + interval '1 hour', 1000)");
  let faults: string[];
  do {
    faults = await findFaults(network, users);
    if (faults.length === 0) return;
    await sleep(systemClock, LOOK_MS);
  } while (systemClock.monotonic() < dueMs);
  assert.fail(faults.join("\n"));
}
