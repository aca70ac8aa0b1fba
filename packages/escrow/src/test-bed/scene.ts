// Where an attack takes place: one open router with users and providers, and what the chain says to what they try.
import assert from "node:assert/strict";
import type { Address, Instruction } from "@solana/kit";
import type { EscrowErrorName } from "../error-codes.ts";
import { ANN, BEN, MALLORY, PAT, QUINN } from "./cast.ts";
import { START_TIME, TestChain } from "./chain.ts";
import type { Outcome } from "./chain.ts";
import { changesSince, stateOf } from "./chain-state.ts";
import { PARAMS, RouterBed } from "./router-bed.ts";
import type { BedEntry } from "./router-bed.ts";
import { DAY, RouterInstructions, USDC } from "./router-instructions.ts";

/** What a test changes of a router before its users come. */
export type SceneParams = Partial<typeof PARAMS>;

/** One router and its people. */
export class Scene {
  readonly chain: TestChain;
  readonly bed: RouterBed;
  readonly ask: RouterInstructions;

  private constructor(chain: TestChain, bed: RouterBed) {
    this.chain = chain;
    this.bed = bed;
    this.ask = new RouterInstructions(bed);
  }

  /** A router on a chain, a new one unless it is given, with its people. */
  static async open(params: SceneParams = {}, name = "router", chain = new TestChain()): Promise<Scene> {
    const bed = await RouterBed.open(chain, name, { ...PARAMS, ...params });
    await bed.know(MALLORY, ...Object.values(bed.keys));
    for (const person of [MALLORY, ...Object.values(bed.keys)]) bed.giveTokens(person, 0n);
    const scene = new Scene(chain, bed);
    for (const user of [ANN, BEN]) await scene.addUser(user, 100n * USDC);
    for (const owner of [PAT, QUINN]) await scene.addProvider(owner);
    return scene;
  }

  /** A user with this much in the escrow, 1,000 USDC in all. */
  async addUser(user: Address, amount: bigint): Promise<void> {
    await this.bed.know(user);
    this.bed.giveTokens(user, 1_000n * USDC);
    this.land(this.ask.openEscrow(user));
    if (amount > 0n) this.land(this.ask.deposit(user, amount));
  }

  /** A provider with an empty token account. */
  async addProvider(owner: Address): Promise<void> {
    await this.bed.know(owner);
    this.bed.giveTokens(owner, 0n);
    this.land(this.ask.registerProvider(owner));
  }

  /** The next entry of a user. */
  readonly bill = (user: Address, amount: bigint, owner = PAT): BedEntry => {
    return { user, owner, amount, seq: this.bed.readEscrow(user).settleSeq + 1 };
  };

  /** Asks for an amount of a user, as the settler does; what was really taken. */
  collect(user: Address, amount: bigint, owner = PAT): bigint {
    const before = this.bed.readEscrow(user).settledTotal;
    this.land(this.ask.settle([this.bill(user, amount, owner)]));
    return this.bed.readEscrow(user).settledTotal - before;
  }

  /** Sends a transaction that has to land. */
  land(...instructions: readonly Instruction[]): Outcome {
    const outcome = this.chain.send(...instructions);
    assert.ok(outcome.isOk, `It should land: ${outcome.error}\n${outcome.logs.join("\n")}`);
    return outcome;
  }

  /** Sends a transaction that has to fail with this, and to change nothing. */
  refuse(error: EscrowErrorName | `token ${number}`, ...instructions: readonly Instruction[]): void {
    const before = stateOf(this.chain);
    const outcome = this.chain.send(...instructions);
    assert.equal(outcome.error, error, outcome.logs.join("\n"));
    assert.deepEqual(changesSince(before, this.chain), []);
  }

  /** What a person has in the associated account. */
  tokensOf(person: Address): bigint {
    return this.chain.tokens(this.bed.associatedOf(person));
  }

  /** Lets the clock stand at a moment, with a slot for every 400 ms from now. */
  goTo(time: bigint): void {
    this.chain.advance(time - this.chain.time);
  }
}

/** A year from the first moment of every chain: when the allowances of a scene expire. */
export const SCENE_EXPIRY = START_TIME + 365n * DAY;
