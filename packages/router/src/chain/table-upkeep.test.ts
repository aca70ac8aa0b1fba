// The upkeep of lookup tables on the real program: what it asks to be signed is what makes them usable.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { named, signer } from "@aimo-network/escrow/test-bed/chain";
import { escrowAddress, providerAddress } from "@aimo-network/escrow/addresses";
import { address } from "@solana/kit";
import type { Address } from "@solana/kit";
import { pino } from "pino";
import { TABLE_STEPS_PER_TURN_MAX } from "./limits.ts";
import { createTableReader, tableInstructions } from "./lookup-tables.ts";
import type { TableAction } from "./lookup-tables.ts";
import { createTableUpkeep } from "./table-upkeep.ts";
import type { TableStep, TableUpkeep } from "./table-upkeep.ts";
import { createDerivedAddresses } from "./derived-addresses.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

/** An upkeep whose signer signs what it is asked for, and whose transactions land at once. */
class Bench {
  readonly bed: FollowerBed;
  readonly upkeep: TableUpkeep;
  readonly authority = named("settler of tables");
  readonly steps: TableStep[] = [];
  readonly logged: string[] = [];
  busy: { users: readonly string[]; providers: readonly string[] } = { users: [], providers: [] };
  fault: Error | undefined;
  readonly #signed = new Map<string, TableStep>();

  private constructor(bed: FollowerBed) {
    this.bed = bed;
    this.upkeep = createTableUpkeep({
      log: pino({}, { write: (line: string) => void this.logged.push(line) }),
      endpoints: bed.endpoints,
      sender: { submit: async (wire) => await this.land(this.#signed.get(wire)!) },
      authority: this.authority,
      commitment: "confirmed",
      router: bed.scene.bed.place,
      addresses: createDerivedAddresses(bed.scene.bed.place),
      busy: async () => this.busy,
      sign: async (step) => {
        if (this.fault !== undefined) throw this.fault;
        this.steps.push(step);
        const wire = `wire ${this.steps.length}`;
        this.#signed.set(wire, step);
        return { wire };
      },
    });
  }

  static async open(): Promise<Bench> {
    return new Bench(await FollowerBed.open());
  }

  /** Lets a step land. */
  async land(step: TableStep): Promise<void> {
    this.pass(1n);
    const { chain, endpoints } = this.bed;
    const { tables } = await createTableReader().read(endpoints.any, this.authority, { commitment: "confirmed" });
    const table = step.kind === "create" ? undefined : tables.find((one) => one.address === step.table);
    const action =
      step.kind === "create"
        ? step
        : step.kind === "extend"
          ? { kind: step.kind, table: table!, added: step.addresses.map((text) => address(text)) }
          : { kind: step.kind, table: table! };
    const parties = { authority: signer(this.authority), payer: signer(chain.payer), recentSlot: chain.slot - 1n };
    const outcome = chain.sendWithTables({}, ...(await tableInstructions(action satisfies TableAction, parties)));
    assert.ok(outcome.isOk, `${step.kind}: ${outcome.error}\n${outcome.logs.join("\n")}`);
  }

  pass(slots: bigint): void {
    const { chain } = this.bed;
    chain.pass(slots);
    const recent = Array.from({ length: 512 }, (_, index) => ({
      slot: chain.slot - 1n - BigInt(index),
      hash: named("a block"),
    }));
    chain.svm.setSlotHashes(recent);
  }

  async turn(isLeader = true): Promise<string[]> {
    this.pass(1n);
    const before = this.steps.length;
    await this.upkeep.turn(isLeader);
    return this.steps.slice(before).map(({ kind }) => kind);
  }

  /** Every address that can be looked up. */
  looked(): Address[] {
    return this.upkeep.usable.flatMap(({ addresses }) => addresses);
  }
}

test("accounts of busy wallets get into a table, the router's own first, and are usable after it", async () => {
  const bench = await Bench.open();
  const [users, providers] = [[named("user 1"), named("user 2")], [named("owner")]];
  bench.busy = { users, providers };
  assert.deepEqual(await bench.turn(), ["create"]);
  assert.deepEqual(bench.upkeep.usable, []);
  assert.deepEqual(await bench.turn(), ["extend"]);
  assert.deepEqual(bench.looked(), []);
  assert.deepEqual(await bench.turn(), []);
  const { place } = bench.bed.scene.bed;
  const accounts = await Promise.all([
    providerAddress(place, providers[0]!),
    ...users.map((user) => escrowAddress(place, user)),
  ]);
  assert.deepEqual(bench.looked(), [place.address, ...accounts]);
});

test("where nobody is busy no table is made", async () => {
  const bench = await Bench.open();
  bench.busy = { users: [], providers: [named("owner")] };
  assert.deepEqual(await bench.turn(), []);
});

test("whoever does not lead only reads what there is", async () => {
  const bench = await Bench.open();
  bench.busy = { users: [named("user 1")], providers: [named("owner")] };
  assert.deepEqual(await bench.turn(false), []);
  await bench.turn();
  await bench.turn();
  assert.deepEqual(await bench.turn(false), []);
  assert.equal(bench.looked().length, 3);
});

test("a turn takes so many steps, and the next one goes on", async () => {
  const bench = await Bench.open();
  for (let tables = 0; tables < 4; tables++) await bench.land({ kind: "create" });
  bench.busy = { users: Array.from({ length: 1_020 }, (_, place) => named(`user ${place}`)), providers: [] };
  assert.equal((await bench.turn()).length, TABLE_STEPS_PER_TURN_MAX);
  const rest = await bench.turn();
  assert.ok(rest.length > 0 && rest.length < TABLE_STEPS_PER_TURN_MAX);
  await bench.turn();
  assert.equal(bench.looked().length, 1_021);
});

test("a step that is refused ends the turn, and the next one tries again", async () => {
  const bench = await Bench.open();
  bench.busy = { users: [named("user 1")], providers: [] };
  bench.fault = new AimoError("signing_refused", { reason: "table", expected: "one thing", found: "another" });
  assert.deepEqual(await bench.turn(), []);
  assert.match(bench.logged.join(""), /a lookup table was not tended/);
  bench.fault = undefined;
  assert.deepEqual(await bench.turn(), ["create"]);
  bench.fault = new TypeError("broken");
  await assert.rejects(bench.turn(), /broken/);
});

test("after a refusal no other step of the turn is tried", async () => {
  const bench = await Bench.open();
  for (let tables = 0; tables < 2; tables++) await bench.land({ kind: "create" });
  bench.busy = { users: Array.from({ length: 60 }, (_, place) => named(`user ${place}`)), providers: [] };
  bench.fault = new AimoError("chain_unavailable", {});
  await bench.turn();
  assert.equal(bench.logged.length, 1);
});

test("a node that is away is told to whoever repeats the turns", async () => {
  const bench = await Bench.open();
  bench.bed.node.isDown = true;
  await assert.rejects(bench.turn(), (error) => isAimoError(error, "chain_unavailable"));
});
