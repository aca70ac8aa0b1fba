// Lookup tables by the real program: made, grown, used, taken out of use and closed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { isVacant } from "../accounts/read-account.ts";
import { named, signer } from "../test-bed/chain.ts";
import { SettlementCrowd } from "../test-bed/settlement-crowd.ts";
import {
  DEACTIVATION_SLOTS,
  EXTENSION_ADDRESSES_MAX,
  TABLE_ADDRESSES_MAX,
  buildCloseTable,
  buildCreateTable,
  buildDeactivateTable,
  buildExtendTable,
  isClosable,
  readLookupTable,
  usableTable,
} from "./lookup-table.ts";
import type { LookupTable } from "./lookup-table.ts";
import { TRANSACTION_BYTES_MAX, packEntries } from "./pack.ts";

const HASH = SYSTEM_PROGRAM_ADDRESS; // a hash that nobody looks at

function goToSlot(crowd: SettlementCrowd, slot: bigint): void {
  const { chain } = crowd.bed;
  chain.setTime(chain.time, slot);
  chain.svm.setSlotHashes(Array.from({ length: 512 }, (_, index) => ({ slot: slot - 1n - BigInt(index), hash: HASH })));
}

test("a table is made, grown in transactions of a packet's size, settled with, and closed", async () => {
  const crowd = await SettlementCrowd.gather(60, 8);
  const { bed, users, owners } = crowd;
  const { chain } = bed;
  const [payer, authority] = [chain.payer, named("keeper of tables")];
  const parties = { payer: signer(payer), authority: signer(authority) };
  const read = (): LookupTable => {
    const found = readLookupTable(chain.svm.getAccount(table));
    assert.ok(found !== undefined);
    return found;
  };
  goToSlot(crowd, chain.slot + 10n);
  const { table, instructions } = await buildCreateTable({ ...parties, recentSlot: chain.slot - 1n });
  crowd.land(payer, ...instructions);
  assert.deepEqual(read().addresses, []);
  assert.equal(read().authority, authority);

  const ledger = [
    bed.config,
    ...owners.map((owner) => bed.providerOf(owner)),
    ...users.map((user) => bed.escrowOf(user)),
  ];
  const extensions = buildExtendTable({ ...parties, table: read(), added: [...ledger, ...ledger] });
  assert.equal(extensions.length, Math.ceil(ledger.length / EXTENSION_ADDRESSES_MAX));
  for (const extension of extensions) {
    assert.ok(crowd.land(payer, extension).bytes + 52 <= TRANSACTION_BYTES_MAX, "room for a priority fee is left");
  }
  assert.deepEqual(read().addresses, ledger);
  assert.deepEqual(buildExtendTable({ ...parties, table: read(), added: ledger }), []);
  assert.deepEqual(usableTable(read(), chain.slot).addresses, [], "what this slot added is not usable in it");
  goToSlot(crowd, chain.slot + 1n);

  const entries = users.map((_, index) => crowd.entry(index, index));
  const options = { settler: bed.keys.settler, config: bed.config, tables: [usableTable(read(), chain.slot)] };
  const batches = packEntries(entries, options);
  assert.ok(batches[0]!.entries.length >= 50);
  for (const batch of batches) crowd.settle(batch);
  assert.equal(bed.readConfig().totalUser, (100n * 1_000_000n - 10_001n) * BigInt(users.length));

  crowd.land(payer, ...buildDeactivateTable({ table, authority: parties.authority }));
  assert.deepEqual(usableTable(read(), chain.slot).addresses, []);
  const deactivatedAt = chain.slot;
  const close = buildCloseTable({ table, authority: parties.authority, recipient: payer });
  goToSlot(crowd, deactivatedAt + DEACTIVATION_SLOTS - 1n);
  assert.equal(isClosable(read(), chain.slot), false);
  assert.equal(chain.send(...close).isOk, false);
  goToSlot(crowd, deactivatedAt + DEACTIVATION_SLOTS);
  assert.equal(isClosable(read(), chain.slot), true);
  crowd.land(payer, ...close);
  assert.ok(isVacant(chain.svm.getAccount(table)));
});

test("a table takes 256 addresses and no more, and other accounts are read as no table", async () => {
  const crowd = await SettlementCrowd.gather(1, 1);
  const parties = { payer: signer(crowd.bed.chain.payer), authority: signer(named("keeper of tables")) };
  const addresses = Array.from({ length: TABLE_ADDRESSES_MAX }, (_, index) => named(`listed ${index}`));
  const table = { address: named("table"), addresses };
  assert.throws(() => buildExtendTable({ ...parties, table, added: [named("one more")] }), /256/);
  const almost = { ...table, addresses: addresses.slice(1) };
  assert.equal(buildExtendTable({ ...parties, table: almost, added: addresses }).length, 1);
  const planted = crowd.plantTable("full table", addresses);
  assert.deepEqual(readLookupTable(crowd.bed.chain.svm.getAccount(planted.address))?.addresses, addresses);
  const found = crowd.bed.chain.account(planted.address);
  assert.ok(found !== undefined);
  const [short, other] = [named("a table cut short"), named("a table not initialised")];
  crowd.bed.chain.plant(short, found.programAddress, Uint8Array.from(found.data.slice(0, 55)));
  crowd.bed.chain.plant(other, found.programAddress, Uint8Array.from(found.data).fill(0, 0, 4));
  for (const address of [crowd.bed.config, crowd.bed.vault, named("nothing"), short, other]) {
    assert.equal(readLookupTable(crowd.bed.chain.svm.getAccount(address)), undefined);
  }
});
