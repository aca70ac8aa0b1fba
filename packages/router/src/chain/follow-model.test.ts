// Whatever happens on the chain and to nodes and process, in any order: what was told adds up to what there is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { START_TIME } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { SCENE_EXPIRY } from "@aimo-network/escrow/test-bed/scene";
import type { Address } from "@solana/kit";
import { getEscrowDecoder } from "@aimo-network/escrow/generated/accounts/escrow";
import { getProviderDecoder } from "@aimo-network/escrow/generated/accounts/provider";
import fc from "fast-check";
import { HEAD_MS, LOOK_BACKOFF_MAX_MS } from "./limits.ts";
import type { ChainObservation } from "./observation.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const LISTED_AFTER_SLOTS = 3n;
const USERS = [ANN, BEN];
const OWNERS = [PAT, QUINN];

const person = fc.nat(1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("deposit" as const),
      who: person,
      amount: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), who: person, whom: person }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("allowance", "exit", "withdraw", "provider withdraws", "leave and return"),
      who: person,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("donate" as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("poll" as const), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lag" as const), node: person, slots: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("down" as const), node: person, isDown: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("mute" as const),
      method: fc.constantFrom("getTransaction", "getMultipleAccounts", "getProgramAccounts"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("list late" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget" as const), node: person }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("observing fails" as const), times: fc.integer({ min: 1, max: 3 }) }),
  },
);

type Step = ReturnType<typeof fc.sample<typeof step extends fc.Arbitrary<infer Value> ? Value : never>>[number];

/** Starts to follow, until it has looked once, whatever it saw. */
async function begin(bed: FollowerBed): Promise<void> {
  bed.follow();
  await bed.pump(Promise.allSettled([bed.follower.look()]));
}

class Run {
  readonly #bed: FollowerBed;
  readonly #faults: unknown[] = [];
  /** Whether no node will list the next transaction until some others have landed. */
  #listsLate = false;
  #failing = 0;

  constructor(bed: FollowerBed) {
    this.#bed = bed;
    bed.onObserve = async (observation) => {
      if (this.#failing > 0) {
        this.#failing -= 1;
        throw new Error("the ledger is away");
      }
      try {
        this.#judge(observation);
      } catch (error) {
        this.#faults.push(error);
      }
    };
  }

  /** Everything is as it was at the slot that it is told of, which never falls. */
  #judge(observation: ChainObservation): void {
    const { chain, books } = this.#bed;
    assert.ok(observation.slot >= books.slot, "slots never fall");
    for (const { address, data } of observation.escrows) {
      assert.deepEqual(data, getEscrowDecoder().decode(chain.accountAt(address, observation.slot)!.data));
    }
    for (const { address, data } of observation.providers) {
      assert.deepEqual(data, getProviderDecoder().decode(chain.accountAt(address, observation.slot)!.data));
    }
    for (const address of observation.gone) {
      const found = chain.accountAt(address, observation.slot);
      assert.notEqual(found?.programAddress, chain.programAddress);
    }
  }

  async take(happened: Step): Promise<void> {
    const bed = this.#bed;
    const node = "node" in happened ? bed.nodes[happened.node]! : bed.node;
    switch (happened.kind) {
      case "poll":
        for (let index = 0; index < happened.times; index += 1) await bed.poll();
        break;
      case "restart":
        await bed.follower.stop();
        bed.follower = bed.newFollower();
        bed.books.slot = 0n; // another process, which scans anew
        await begin(bed);
        break;
      case "lag": {
        // No node is behind what it has forgotten.
        const forgotten = node.knownFrom === 0 ? 0n : bed.chain.transactions[node.knownFrom - 1]!.slot;
        const most = bed.chain.slot - forgotten;
        node.lagSlots = BigInt(happened.slots) < most ? BigInt(happened.slots) : most;
        break;
      }
      case "down":
        node.isDown = happened.isDown;
        break;
      case "list late":
        this.#listsLate = true;
        break;
      case "mute":
        for (const { missing } of bed.nodes) if (!missing.delete(happened.method)) missing.add(happened.method);
        break;
      case "forget":
        // Once: a history that ends twice before anything of it was seen looks as if nothing had happened.
        if (bed.nodes.some(({ knownFrom }) => knownFrom > 0)) break;
        node.knownFrom = bed.chain.transactions.length;
        node.lagSlots = 0n;
        break;
      case "observing fails":
        this.#failing = happened.times;
        break;
      default:
        this.#onChain(happened);
        if (this.#listsLate)
          for (const { unlisted } of bed.nodes) unlisted.add(bed.chain.transactions.at(-1)!.signature);
        this.#listsLate = false;
        this.#listWhatIsOld();
    }
  }

  #listWhatIsOld(): void {
    const { nodes, chain } = this.#bed;
    for (const { unlisted } of nodes) {
      for (const signature of unlisted) {
        const { slot = 0n } = chain.find(signature) ?? {};
        if (slot < chain.slot - LISTED_AFTER_SLOTS) unlisted.delete(signature);
      }
    }
  }

  /** Whether the program lets it happen decides the program: what is refused has to change nothing that is told. */
  #onChain(happened: Step): void {
    const { scene, chain } = this.#bed;
    const { ask, bed } = scene;
    const who = USERS["who" in happened ? happened.who : 0]!;
    const isOpen = chain.account(bed.escrowOf(who)) !== undefined;
    if (!isOpen) chain.send(ask.openEscrow(who));
    switch (happened.kind) {
      case "deposit":
        chain.send(ask.deposit(who, BigInt(happened.amount) * USDC));
        break;
      case "settle":
        chain.send(ask.settle([scene.bill(who, USDC, OWNERS[happened.whom])]));
        break;
      case "allowance":
        chain.send(ask.setAllowance(who, 2_000n * USDC, SCENE_EXPIRY + (chain.time - START_TIME)));
        break;
      case "exit":
        chain.send(bed.readEscrow(who).exitRequestedAt === 0n ? ask.requestExit(who) : ask.cancelExit(who));
        break;
      case "withdraw":
        chain.send(ask.withdrawUser(who, USDC));
        break;
      case "provider withdraws":
        chain.send(ask.withdrawProvider(OWNERS["who" in happened ? happened.who : 0]!, USDC / 2n));
        break;
      case "donate":
        chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault) + 1n);
        break;
      case "leave and return": {
        chain.send(ask.withdrawUser(who, bed.readEscrow(who).balance));
        chain.pass(1_500n, 600n);
        if (chain.send(ask.closeEscrow(who)).isOk) chain.send(ask.openEscrow(who));
        break;
      }
      default:
        assert.fail(`${happened.kind} happens elsewhere`);
    }
  }

  /** Nodes are well again: how long it may take until all that happened was told. */
  async recover(ms: number): Promise<void> {
    const bed = this.#bed;
    this.#failing = 0;
    for (const node of bed.nodes) {
      node.isDown = false;
      node.lagSlots = 0n;
      node.unlisted.clear();
      node.missing.clear();
    }
    bed.chain.pass(1n);
    for (let elapsed = 0; elapsed < ms; elapsed += 1_000) await bed.poll();
  }

  check(): void {
    assert.deepEqual(this.#faults, []);
    const { books, chain, scene } = this.#bed;
    const there = chain.programAccountsAt(chain.programAddress, chain.slot);
    const escrows = there
      .filter(({ data }) => data[0] === 2)
      .map(({ address, data }) => [address, getEscrowDecoder().decode(data)] as const);
    const providers = there
      .filter(({ data }) => data[0] === 3)
      .map(({ address, data }) => [address, getProviderDecoder().decode(data)] as const);
    const byAddress = ([one]: readonly [Address, unknown], [other]: readonly [Address, unknown]): number =>
      one < other ? -1 : 1;
    assert.deepEqual([...books.escrows].toSorted(byAddress), escrows.toSorted(byAddress));
    assert.deepEqual([...books.providers].toSorted(byAddress), providers.toSorted(byAddress));
    assert.deepEqual(this.#bed.observed.at(-1)?.config.data, scene.bed.readConfig());
  }
}

test("the union of what was told is what there is, soon after the nodes are well, over any downtimes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const bed = await FollowerBed.open(2);
      const run = new Run(bed);
      await begin(bed);
      for (const happened of steps) await run.take(happened);
      await run.recover(2 * LOOK_BACKOFF_MAX_MS + HEAD_MS);
      run.check();
      await bed.follower.stop();
      assert.equal(bed.clock.waiting, 0);
    }),
    { numRuns: 40 },
  );
});
