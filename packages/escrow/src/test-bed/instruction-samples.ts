// A world in which each of the 24 instructions has an example that lands, and everything that can be mistaken for it.
import assert from "node:assert/strict";
import { lamports } from "@solana/kit";
import type { Address, EncodedAccount, Instruction } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { program as description } from "../../idl/program.ts";
import { ANN, BEGINNER, BEN, CAST, IDLER, LEAVER, MALLORY, NEWCOMER, PAT, QUINN, SPONSOR, SUCCESSOR } from "./cast.ts";
import { TestChain, signer } from "./chain.ts";
import type { Outcome } from "./chain.ts";
import { SPARE_ACCOUNT, everythingOf, plantForgeries } from "./impostors.ts";
import { RouterBed } from "./router-bed.ts";
import { DAY, RouterInstructions, USDC } from "./router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "./scene.ts";

/** An instruction that lands in its world. */
export interface Sample {
  /** Its name, and which of its forms it is where there are several. */
  readonly title: string;
  /** The names of its accounts, in order. */
  readonly positions: readonly string[];
  readonly instruction: Instruction;
}

/** What is at an address that nobody has used. */
const NOTHING = {
  programAddress: SYSTEM_PROGRAM_ADDRESS,
  lamports: lamports(0n),
  data: new Uint8Array(0),
  space: 0n,
  executable: false,
};

/** Two routers whose users, providers and keys stand everywhere between something and something else. */
export class SampleWorld {
  readonly chain: TestChain;
  /** The router that the samples ask. */
  readonly scene: Scene;
  /** Another one, in which the same people are in the same state. */
  readonly other: Scene;
  readonly samples: readonly Sample[];
  /** What stands at each address of this world, and at a few where nothing does. */
  readonly addresses: ReadonlyMap<Address, string>;
  readonly #accounts = new Map<Address, EncodedAccount>();
  readonly #snapshot: Uint8Array;

  private constructor(scene: Scene, other: Scene, unopened: RouterBed) {
    this.chain = scene.chain;
    this.scene = scene;
    this.other = other;
    const beds = { router: scene.bed, other: other.bed, unopened };
    this.addresses = new Map([...plantForgeries(this.chain, scene.bed), ...everythingOf(beds, this.chain)]);
    this.samples = samplesOf(scene, new RouterInstructions(unopened));
    for (const address of this.addresses.keys()) {
      const found = this.chain.svm.getAccount(address);
      this.#accounts.set(address, found.exists ? found : { ...NOTHING, address });
    }
    this.#snapshot = this.chain.svm.toBytes();
  }

  static async create(): Promise<SampleWorld> {
    const chain = new TestChain();
    const scenes = [await Scene.open({}, "router", chain), await Scene.open({}, "other router", chain)] as const;
    for (const rich of [SPONSOR, MALLORY]) chain.giveSol(rich);
    const unopened = await RouterBed.prepare(chain, "unopened router");
    await unopened.know(unopened.keys.feeOwner, ...Object.values(CAST));
    await begin(scenes[0], SUCCESSOR);
    await begin(scenes[1], MALLORY);
    chain.advance(8n * DAY);
    return new SampleWorld(...scenes, unopened);
  }

  /** Sends an instruction and takes back what it did, so that the next one meets the same world. */
  attempt(instruction: Instruction): Outcome {
    const outcome = this.chain.send(instruction);
    if (outcome.isOk) for (const { address } of instruction.accounts ?? []) this.restore(address);
    return outcome;
  }

  /** The account as it was in the beginning. */
  account(address: Address): EncodedAccount {
    const found = this.#accounts.get(address);
    assert.ok(found !== undefined, `${address} belongs to the world`);
    return found;
  }

  /** Makes an account again what it was in the beginning. */
  restore(address: Address): void {
    const account = this.account(address);
    if (!account.executable) this.chain.svm.setAccount(account);
  }

  /** The same world again, on a chain of its own. */
  copy(): TestChain {
    return new TestChain(this.#snapshot);
  }

  /** The sample of this title. */
  sample(title: string): Sample {
    const found = this.samples.find((candidate) => candidate.title === title);
    if (found === undefined) throw new Error(`There is no sample ${title}.`);
    return found;
  }
}

/** What happened a week before the samples are sent. */
async function begin(scene: Scene, successor: Address): Promise<void> {
  const { chain, bed, ask } = scene;
  await bed.know(...Object.values(CAST));
  await scene.addUser(LEAVER, 50n * USDC);
  scene.land(ask.openEscrow(IDLER, { payer: signer(SPONSOR) }));
  scene.collect(ANN, 20n * USDC, PAT);
  scene.collect(ANN, 10n * USDC, QUINN);
  scene.collect(BEN, 1n * USDC, PAT);
  scene.land(ask.requestExit(LEAVER), ask.providerRequestExit(QUINN, 5n * USDC));
  scene.land(ask.scheduleParams({ feeBps: 500n }), ask.proposeAdmin(successor));
  chain.plantToken(bed.vault, bed.mint, bed.vaultAuthority, chain.tokens(bed.vault) + 5n * USDC);
}

/** A sample of each instruction, and of each of its forms, in the order of their numbers. */
function samplesOf({ ask, bed, bill }: Scene, unopened: RouterInstructions): Sample[] {
  const [sponsor, cosigner, admin] = [SPONSOR, bed.keys.cosigner, bed.keys.admin].map(signer);
  assert.ok(sponsor !== undefined && cosigner !== undefined && admin !== undefined);
  const byUser = { user: signer(LEAVER), destination: SPARE_ACCOUNT };
  return [
    sample(unopened.init({ payer: sponsor })),
    sample(ask.openEscrow(NEWCOMER, { payer: sponsor })),
    sample(ask.deposit(ANN, 5n * USDC)),
    sample(ask.setAllowance(ANN, 2_000n * USDC, SCENE_EXPIRY)),
    sample(ask.settle([bill(ANN, USDC, PAT)])),
    sample(ask.withdrawUser(ANN, USDC)),
    sample(ask.requestExit(ANN)),
    sample(ask.cancelExit(LEAVER)),
    sample(ask.finalizeExit(LEAVER)),
    sample(ask.finalizeExit(LEAVER, byUser), "signed by the user"),
    sample(ask.closeEscrow(IDLER, { rentPayer: SPONSOR })),
    sample(ask.closeEscrow(IDLER, { rentPayer: SPONSOR, closer: sponsor }), "by who paid the rent"),
    sample(ask.registerProvider(BEGINNER, { payer: sponsor })),
    sample(ask.withdrawProvider(PAT, USDC)),
    sample(ask.providerRequestExit(PAT, USDC)),
    sample(ask.providerFinalizeExit(QUINN)),
    sample(ask.setPayout(PAT, SPARE_ACCOUNT)),
    sample(ask.setPayout(PAT, SPARE_ACCOUNT, { cosigner }), "cosigned"),
    sample(ask.collectFees(1n)),
    sample(ask.scheduleParams({ feeBps: 100n })),
    sample(ask.applyParams()),
    sample(ask.proposeAdmin(MALLORY)),
    sample(ask.acceptAdmin(SUCCESSOR)),
    sample(ask.setRoles({ settler: MALLORY })),
    sample(ask.setRoles({ settler: MALLORY }, { cosigner }), "cosigned"),
    sample(ask.setPause(1)),
    sample(ask.setPause(1, { signer: admin, clear: 2 }), "by the admin"),
    sample(ask.sweepSurplus()),
    sample(ask.setUrl("https://elsewhere.example")),
  ];
}

function sample(instruction: Instruction, form?: string): Sample {
  const described = description.program.instructions[instruction.data?.[0] ?? -1];
  assert.ok(described !== undefined && instruction.accounts !== undefined);
  const named = described.accounts.map(({ name }) => name);
  const positions = described.name === "settleBatch" ? [...named, "escrow", "provider"] : named;
  assert.equal(positions.length, instruction.accounts.length);
  return { title: form === undefined ? described.name : `${described.name}, ${form}`, positions, instruction };
}
