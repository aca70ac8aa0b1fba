// Many users and providers are settled in few transactions once lookup tables are there, while requests go on.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readSettleLog } from "@aimo-network/escrow/logs/settle-events";
import { connectFaucet } from "@aimo-network/localnet/money/faucet-chain";
import { loadMoneyKeys } from "@aimo-network/localnet/money/money-keys";
import { chargeInLedger } from "@aimo-network/localnet/test-bed/charges-in-ledger";
import { openCrowd } from "@aimo-network/localnet/test-bed/crowd-on-chain";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { generateKeyPairSigner } from "@solana/kit";
import type { Address } from "@solana/kit";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import { askOnce } from "./money-requests.ts";
import { waitFor } from "./network.ts";

const USERS = 200;
const PROVIDERS = 8;
const ENTRIES_MIN = 50; // of a full transaction with tables
const ROUNDS_MAX = 8; // tables are made for those who were settled twice, and serve from the next round on
const COST = nanoUsdc(10_000_000n);
const LOOKED_AT = 12; // transactions of a round, which are fifteen at first and four in the end

describe("a settlement of many", () => {
  let network: MoneyNetwork;
  let users: readonly Address[];
  let providers: readonly Address[];

  before(async () => {
    network = await startMoneyNetwork();
    const { directory, chain } = network;
    const { faucet } = await loadMoneyKeys(directory);
    const { rpcUrl, router, mint } = chain.place;
    const sponsor = connectFaucet(systemClock, rpcUrl, faucet);
    users = await openCrowd(sponsor, { router, mint }, { count: USERS, deposit: microUsdc(1_000_000n) });
    const signers = await Promise.all(Array.from({ length: PROVIDERS }, () => generateKeyPairSigner()));
    providers = signers.map(({ address }) => address);
    await network.insistOnAgreement();
  });
  after(() => network.stop());

  /** Every user owes one provider something; resolves when it is settled. */
  const settleRound = async (): Promise<void> => {
    const answers = users.map((user, index) => ({ user, provider: providers[index % PROVIDERS] ?? user, cost: COST }));
    const { users: had } = await network.chain.sums();
    await chargeInLedger(runningPostgresUrl(join(network.directory, "router")) ?? "", systemClock, answers);
    const owed = BigInt(USERS) * (COST / 1_000n);
    await waitFor("a round to be settled", async () => {
      const { users: now } = await network.chain.sums();
      return now <= had - owed || undefined;
    });
  };

  /** How many entries the router's latest transactions had, by the program's own log. */
  const entryCounts = async (): Promise<number[]> => {
    const { rpc, place } = network.chain;
    const { programAddress } = place.router;
    const { settler } = (await network.chain.router()).router.data.roles;
    const options = { commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 0 } as const;
    const listed = await rpc.getSignaturesForAddress(settler, { limit: LOOKED_AT, commitment: "confirmed" }).send();
    const logs = await Promise.all(
      listed.map(
        async ({ signature }) => (await rpc.getTransaction(signature, options).send())?.meta?.logMessages ?? [],
      ),
    );
    return logs.flatMap((lines) => readSettleLog(lines, programAddress).batches.map(({ applied }) => applied.length));
  };

  test("has fifty entries a transaction when its accounts are in tables, and no request waits for it", async () => {
    const { router_url: url, model, user } = network.file;
    const settling = new AbortController();
    const statuses = new Set<number>();
    const asking = (async (): Promise<void> => {
      while (!settling.signal.aborted) statuses.add((await askOnce({ url, key: user.api_key, model })).status);
    })();
    let most = 0;
    for (let round = 1; round <= ROUNDS_MAX && most < ENTRIES_MIN; round += 1) {
      await settleRound();
      most = Math.max(...(await entryCounts()));
    }
    settling.abort();
    await asking;
    assert.ok(most >= ENTRIES_MIN, `${most} entries`);
    assert.deepEqual([...statuses], [200]);
    await network.insistOnAgreement();
  });
});
