// Batches as a settler may send them, right and wrong: instruction 4.
import type { Address } from "@solana/kit";
import { allowanceLeft, collectable, withDueAllowance } from "./model/allowance.ts";
import type { Entry, InstructionOf } from "./model/instruction.ts";
import type { Escrow, Key } from "./model/records.ts";
import { AMOUNT_MAX } from "./model/records.ts";
import { instruct } from "./escrow-situation.ts";
import type { Situation, UserThere } from "./escrow-situation.ts";

/** Ledger accounts by their places, and how many entries each escrow had before. */
class Batch {
  readonly #places = new Map<Key, number>();
  readonly #next = new Map<Key, number>();
  readonly entries: Entry[] = [];

  place(key: Key): number {
    const place = this.#places.get(key) ?? this.#places.size;
    this.#places.set(key, place);
    return place;
  }

  /** The next number that an escrow has not consumed. */
  next(key: Key, settleSeq: number): number {
    const next = this.#next.get(key) ?? settleSeq + 1;
    this.#next.set(key, next + 1);
    return next;
  }

  get ledgerAccounts(): readonly Key[] {
    return [...this.#places.keys()];
  }
}

/** How many entries: mostly few, sometimes the most, none or one too many. */
function someCount({ lot }: Situation): number {
  if (lot.oneIn(40)) return lot.of([0, 64, 64, 65, 255]);
  return lot.of([1, 1, 1, 1, 2, 2, 3, 4, 8]);
}

function marksOf({ config, time }: Situation, standing: Escrow | undefined): bigint[] {
  if (standing === undefined || config === undefined) return [1n];
  const escrow = withDueAllowance(standing, time);
  const { windowStart, windowSpent, params } = config;
  const spent = time >= windowStart + params.settlerWindow ? 0n : windowSpent;
  const capLeft = params.settlerWindowCap - spent;
  return [
    collectable(standing, time, params.userExitDelay),
    allowanceLeft(escrow, time, params.userExitDelay),
    standing.allowTotal - standing.settledTotal, // what it was before a notice was over
    escrow.balance,
    capLeft < 0n ? 0n : capLeft,
  ].filter((mark) => mark >= 0n);
}

function someAmount(situation: Situation, escrow: Escrow | undefined): bigint {
  const { lot, focus, world } = situation;
  if (world.isRich && lot.oneIn(2)) return lot.between(1n, AMOUNT_MAX);
  if (lot.oneIn(120)) return lot.of([0n, AMOUNT_MAX, AMOUNT_MAX + 1n, 2n ** 64n - 1n]);
  if (!lot.oneIn(focus.user === undefined ? 6 : 2)) return lot.between(1n, lot.of([10n, 300n, 3_000n]));
  const mark = lot.near(marksOf(situation, escrow));
  return mark === 0n ? 1n : mark;
}

function someSeq({ lot }: Situation, next: number): number {
  if (!lot.oneIn(25)) return next;
  return lot.of([0, 1, next - 1, next - 1, next + 1, 2 ** 32 - 1]);
}

/** The escrow's and the provider's places, sometimes something else's. */
function somePlaces(situation: Situation, batch: Batch, there: UserThere, provider: Address): [number, number] {
  const { lot, scenery, router } = situation;
  const places: [number, number] = [batch.place(there.key), batch.place(provider)];
  if (!lot.oneIn(40)) return places;
  const { derive } = scenery.surroundings;
  const other = scenery.routers.find(({ config }) => config !== router.config)!;
  const wrong = lot.of<Key>([
    derive.escrow(other.config, there.user)!,
    derive.provider(other.config, lot.of(scenery.owners))!,
    there.key,
    provider,
    router.vault,
    scenery.stranger,
    ...scenery.impostors.map(({ key }) => key),
  ]);
  places[lot.below(2)] = lot.oneIn(4) ? lot.of([batch.ledgerAccounts.length, 255]) : batch.place(wrong);
  return places;
}

/** 4, of several users and providers. */
export function chooseSettleBatch(situation: Situation): InstructionOf<"settle_batch"> {
  const { lot, router, config } = situation;
  const batch = new Batch();
  const count = someCount(situation);
  for (let place = 0; place < count; place += 1) {
    const there = situation.someUser(
      (escrow) => collectable(escrow, situation.time, config?.params.userExitDelay ?? 0n) > 0n,
    );
    let { owner, key } = situation.someOwner();
    if (owner === there.user && !lot.oneIn(6)) ({ owner, key } = situation.ownerAt(situation.scenery.owners[1]!));
    const [escrow, provider] = somePlaces(situation, batch, there, key);
    const seq = someSeq(situation, batch.next(there.key, there.escrow?.settleSeq ?? 0));
    batch.entries.push({ escrow, provider, amount: someAmount(situation, there.escrow), seq });
  }
  const settler = situation.holder(config?.roles.settler, router.settlers);
  const root = lot
    .below(2 ** 32)
    .toString(16)
    .padStart(64, "0");
  const { entries, ledgerAccounts } = batch;
  const told = { root, batchId: lot.between(0n, 2n ** 64n - 1n), entries, ledgerAccounts };
  return instruct("settle_batch", { settler, config: router.config }, told, "settler");
}
