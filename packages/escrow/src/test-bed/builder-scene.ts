// A scene whose state is read as a client reads it, and in which builders are held against the program.
import assert from "node:assert/strict";
import type { Address, Instruction } from "@solana/kit";
import { isAimoError } from "@aimo-network/protocol/errors";
import { readConfig, readEscrow, readProvider } from "../accounts/read-account.ts";
import type { AccountReading, Held } from "../accounts/read-account.ts";
import { readTokenAccount } from "../accounts/token-account.ts";
import type { TokenReading } from "../accounts/token-account.ts";
import type { EscrowErrorName } from "../error-codes.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { TestChain } from "./chain.ts";
import { RouterBed } from "./router-bed.ts";
import { RouterInstructions } from "./router-instructions.ts";
import { Scene } from "./scene.ts";
import type { SceneParams } from "./scene.ts";

/** What a builder does: instructions, or a refusal. */
export type Build = () => Promise<readonly Instruction[]>;

/** Runs a builder; the name of its refusal, or its instructions. */
async function attempt(build: Build): Promise<EscrowErrorName | readonly Instruction[]> {
  try {
    return await build();
  } catch (error) {
    if (!isAimoError(error, "escrow_refused")) throw error;
    assert.doesNotMatch(error.message, /undefined|NaN|object Object/);
    return error.context.name as EscrowErrorName;
  }
}

/** Reads a router as a client would, and compares what builders say with what the program says. */
export class BuilderScene {
  readonly chain: TestChain;
  readonly bed: RouterBed;
  readonly ask: RouterInstructions;
  readonly #scene: Scene | undefined;

  private constructor(chain: TestChain, bed: RouterBed, ask: RouterInstructions, scene?: Scene) {
    this.chain = chain;
    this.bed = bed;
    this.ask = ask;
    this.#scene = scene;
  }

  static async open(params: SceneParams = {}): Promise<BuilderScene> {
    return BuilderScene.over(await Scene.open(params));
  }

  static over(scene: Scene): BuilderScene {
    return new BuilderScene(scene.chain, scene.bed, scene.ask, scene);
  }

  /** A router of this mint that is not open yet. */
  static async prepare(mint: Address): Promise<BuilderScene> {
    const chain = new TestChain();
    const bed = await RouterBed.prepare(chain, "router", mint);
    return new BuilderScene(chain, bed, new RouterInstructions(bed));
  }

  /** Where the router is and who is there, once it is open. */
  get scene(): Scene {
    return there(this.#scene);
  }

  get now(): bigint {
    return this.chain.time;
  }

  get slot(): bigint {
    return this.chain.slot;
  }

  get router(): Held<Config> {
    return there(readConfig(this.reading(this.bed.config), this.chain.programAddress));
  }

  get vault(): TokenReading {
    return this.token(this.bed.vault);
  }

  escrow(user: Address): Held<Escrow> {
    return there(readEscrow(this.reading(this.bed.escrowOf(user)), this.bed.place));
  }

  provider(owner: Address): Held<Provider> {
    return there(readProvider(this.reading(this.bed.providerOf(owner)), this.bed.place));
  }

  token(address: Address): TokenReading {
    return readTokenAccount(this.reading(address));
  }

  reading(address: Address): AccountReading {
    return this.chain.svm.getAccount(address);
  }

  /** The builder refuses under this name, and so does the program when it is asked without the builder. */
  async refuses(name: EscrowErrorName, build: Build, raw: Instruction): Promise<void> {
    assert.equal(await this.agrees(build, raw), name);
  }

  /** What the builder gives lands. */
  async lands(build: Build): Promise<void> {
    const built = await attempt(build);
    if (typeof built === "string") assert.fail(`The builder refuses: ${built}`);
    this.#land(built);
  }

  /** Either both refuse under one name, or both let it through. */
  async agrees(build: Build, raw: Instruction): Promise<EscrowErrorName | "lands"> {
    const built = await attempt(build);
    if (typeof built !== "string") {
      this.#land(built);
      return "lands";
    }
    const outcome = this.chain.send(raw);
    assert.equal(outcome.error, built, outcome.logs.join("\n"));
    return built;
  }

  #land(instructions: readonly Instruction[]): void {
    const outcome = this.chain.send(...instructions);
    assert.ok(outcome.isOk, `The program refuses: ${outcome.error}\n${outcome.logs.join("\n")}`);
  }
}

function there<Found>(found: Found | undefined): Found {
  assert.ok(found !== undefined);
  return found;
}

/** The same instruction, with somebody else in the first place: whose signature is asked for. */
export function signedBy(instruction: Instruction, address: Address): Instruction {
  const accounts = (instruction.accounts ?? []).map((meta, index) => (index === 0 ? { ...meta, address } : meta));
  return { ...instruction, accounts };
}
