// A router whose settler and cosigner have real keys: its ledger in PostgreSQL, its program on a chain, and a node between.
import assert from "node:assert/strict";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import type { SigningReason } from "@aimo-network/protocol/errors";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { readSettleLog } from "@aimo-network/escrow/logs/settle-events";
import { keyOf } from "@aimo-network/escrow/deploy/test-bed/deployment-bed";
import { signer as present } from "@aimo-network/escrow/test-bed/chain";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import type { SceneParams } from "@aimo-network/escrow/test-bed/scene";
import type { Address, KeyPairSigner } from "@solana/kit";
import { getBase64Encoder, getTransactionDecoder } from "@solana/kit";
import { createEndpoints } from "../../chain/endpoints.ts";
import { recentPriorityFee } from "../../chain/priority-fee.ts";
import { createChainPosting } from "../../ledger/chain-books/chain-posting.ts";
import type { WithdrawalParty } from "../../ledger/chain-books/withdrawals.ts";
import { createWithdrawals } from "../../ledger/chain-books/withdrawals.ts";
import { createSettlement } from "../../ledger/chain-books/settlement.ts";
import { createLog } from "../../log.ts";
import type { LedgerBed } from "../../test-bed/ledger-bed.ts";
import { openLedgerBed } from "../../test-bed/ledger-bed.ts";
import { createSigner } from "../create-signer.ts";
import type { Signer } from "../signer.ts";
import type { SigningBounds, SigningDeps } from "../signing-desk.ts";
import type { ChainNode } from "./chain-node.ts";
import { openChainNode } from "./chain-node.ts";

/** One USDC, in the chain's unit. */
export const USDC = 1_000_000n;
/** A fee that nodes ask for and that is above what the signer of a bed pays. */
export const PRIORITY_FEE_MAX = 20_000n;

const YEAR_MS = 31_536_000_000;

/** The rule a signer refuses something under, and whose entries it names. */
export async function refusalOf(
  signing: Promise<unknown>,
): Promise<{ readonly reason: SigningReason; readonly users: readonly number[] | undefined }> {
  try {
    await signing;
  } catch (error) {
    if (!isAimoError(error, "signing_refused")) throw error;
    assert.doesNotMatch(error.message, /undefined|NaN|object Object/);
    return { reason: error.context.reason, users: error.context.users };
  }
  return assert.fail("it was signed");
}

/** What a test bed needs of its test. */
interface Test {
  after(close: () => Promise<void>): void;
}

/** A router and its ledger, and signers for it. */
export class SigningBed {
  readonly scene: Scene;
  readonly ledger: LedgerBed;
  readonly node: ChainNode;
  readonly settler: KeyPairSigner;
  readonly cosigner: KeyPairSigner;
  readonly #fences: Readonly<Record<"watcher" | "settler", bigint>>;
  readonly #keys = new Map<Address, number>();

  private constructor(
    parts: Pick<SigningBed, "scene" | "ledger" | "node" | "settler" | "cosigner">,
    fences: Readonly<Record<"watcher" | "settler", bigint>>,
  ) {
    this.scene = parts.scene;
    this.ledger = parts.ledger;
    this.node = parts.node;
    this.settler = parts.settler;
    this.cosigner = parts.cosigner;
    this.#fences = fences;
  }

  /** With Ann, Ben, Pat and Quinn on chain. What is to be earned before must be earned in `before`. */
  static async open(
    t: Test,
    params: SceneParams = {},
    before: (scene: Scene) => Promise<void> | void = () => undefined,
  ): Promise<SigningBed> {
    const scene = await Scene.open(params);
    await before(scene);
    const [settler, cosigner] = await Promise.all([keyOf("the router's settler"), keyOf("the router's cosigner")]);
    const { ask, bed, chain } = scene;
    const roles = { settler: settler.address, cosigner: cosigner.address };
    scene.land(ask.setRoles(roles, { cosigner: present(bed.keys.cosigner) }));
    for (const key of [settler, cosigner]) chain.giveSol(key.address);
    const ledger = await openLedgerBed(t);
    const node = await openChainNode(chain);
    t.after(async () => await node[Symbol.asyncDispose]());
    const lead = async (job: string): Promise<bigint> => {
      const at = new Date(ledger.clock.now());
      return (await ledger.row("SELECT ledger_lead($1, $2, $3) AS fence", [at, job, ledger.instance]))[
        "fence"
      ] as bigint;
    };
    const fences = { watcher: await lead("watcher"), settler: await lead("settler") };
    return new SigningBed({ scene, ledger, node, settler, cosigner }, fences);
  }

  /** A signer of its own memory. */
  signer(bounds: Partial<SigningBounds> = {}, deps: Partial<SigningDeps> = {}): Signer {
    const log = createLog("silent");
    const { any: rpc } = createEndpoints([this.node.url], { clock: systemClock, log });
    const { settler, cosigner, ledger, scene } = this;
    const wholeBounds = {
      windowMax: undefined,
      sponsorMin: microUsdc(USDC),
      priorityFeeMax: PRIORITY_FEE_MAX,
      ...bounds,
    };
    return createSigner(
      {
        clock: systemClock,
        rpc,
        place: scene.bed.place,
        database: ledger.database,
        keys: { settler, cosigner },
        priorityFee: (written) => recentPriorityFee(rpc, written, 2n ** 40n),
        ...deps,
      },
      wholeBounds,
    );
  }

  /** A person with a key, known to the scene, with SOL for fees and no tokens. */
  async person(name: string): Promise<KeyPairSigner> {
    const person = await keyOf(name);
    await this.scene.bed.know(person.address);
    this.scene.chain.giveSol(person.address);
    return person;
  }

  /** The ledger's number of a wallet. */
  async numberOf(wallet: Address): Promise<number> {
    return await this.ledger.ledger.numbers.wallet(wallet);
  }

  /** Posts what the chain says of a user's escrow. */
  async observe(user: Address): Promise<void> {
    const { scene, ledger } = this;
    const escrow = scene.bed.readEscrow(user);
    const now = ledger.clock.now();
    await createChainPosting(ledger.database).escrow(this.#posting(), {
      user: await this.numberOf(user),
      openedSlot: escrow.openedSlot,
      deposited: microUsdc(escrow.depositedTotal),
      settled: microUsdc(escrow.settledTotal),
      withdrawn: microUsdc(escrow.withdrawnTotal),
      settleSeq: BigInt(escrow.settleSeq),
      withdrawSeq: BigInt(escrow.withdrawSeq),
      feeBps: Number(scene.bed.readConfig().params.feeBps),
      allowance: nanoUsdc(escrow.allowTotal * 1_000n),
      stopsAt: new Date(now + YEAR_MS),
      exitDueAt: undefined,
      isUrgent: false,
      source: "a test",
    });
  }

  /** Posts that a user's escrow is not there any more. */
  async observeGone(user: Address): Promise<void> {
    await createChainPosting(this.ledger.database).escrowGone(this.#posting(), await this.numberOf(user));
  }

  /** Posts what the chain says of a provider's account, what was earned elsewhere included. */
  async observeProvider(owner: Address): Promise<void> {
    const account = this.scene.bed.readProvider(owner);
    await createChainPosting(this.ledger.database).provider(
      this.#posting(),
      {
        provider: await this.numberOf(owner),
        openedSlot: account.openedSlot,
        earned: microUsdc(account.earnedTotal),
        withdrawn: microUsdc(account.withdrawnTotal),
        withdrawSeq: BigInt(account.withdrawSeq),
        exitDueAt: undefined,
      },
      true,
    );
  }

  #posting() {
    const { ledger, scene } = this;
    const slot = scene.chain.slot;
    return { at: new Date(ledger.clock.now()), fence: this.#fences.watcher, ref: ledger.id(), slot, isPatient: false };
  }

  async #keyOf(user: Address): Promise<{ user: number; key: number }> {
    const number = await this.numberOf(user);
    const key = this.#keys.get(user) ?? (await this.ledger.addKey(number));
    this.#keys.set(user, key);
    return { user: number, key };
  }

  /** Locks nano-USDC of a user for a request that goes on. */
  async lock(user: Address, amount: bigint): Promise<void> {
    await this.ledger.ledger.lock(this.ledger.lockOf(await this.#keyOf(user), amount));
  }

  /** Charges a user micro-USDC, for an answer of a provider. */
  async charge(user: Address, owner: Address, amount: bigint): Promise<void> {
    const provider = await this.numberOf(owner);
    const lock = this.ledger.lockOf(await this.#keyOf(user), amount * 1_000n, { provider });
    await this.ledger.ledger.lock(lock);
    await this.ledger.ledger.charge(this.ledger.chargeOf(lock, amount * 1_000n));
  }

  /** Cuts a batch of what these owe, with a root, in this order. */
  async cut(...pairs: readonly (readonly [user: Address, owner: Address])[]): Promise<bigint> {
    const { ledger } = this;
    const settlement = createSettlement(ledger.database);
    const numbered = await Promise.all(
      pairs.map(async ([user, owner]) => ({ user: await this.numberOf(user), provider: await this.numberOf(owner) })),
    );
    const id = await settlement.cut(this.#fences.settler, {
      at: new Date(ledger.clock.now()),
      ref: ledger.id(),
      pairs: numbered,
      most: microUsdc(1_000_000n * USDC),
      receiptsFrom: ledger.id(),
    });
    assert.ok(id !== undefined, "something is owed");
    await settlement.setRoot(this.#fences.settler, id, new Uint8Array(32).fill(7));
    return id;
  }

  /** Charges and cuts: a batch of one entry. */
  async bill(user: Address, owner: Address, amount: bigint): Promise<bigint> {
    await this.charge(user, owner, amount);
    return await this.cut([user, owner]);
  }

  /** Writes a batch into the ledger that nothing stands behind, as a broken router might. */
  async forge(
    ...entries: readonly {
      readonly user: Address;
      readonly owner: Address;
      readonly amount: bigint;
      readonly seq: bigint;
    }[]
  ): Promise<bigint> {
    const { ledger, scene } = this;
    const root = Buffer.alloc(32, 7);
    const { id } = await ledger.row(
      "INSERT INTO settle_batches (ref, queued_at, root) VALUES ($1, now(), $2) RETURNING id",
      [ledger.id(), root],
    );
    for (const { user, owner, amount, seq } of entries) {
      const values = [
        id,
        await this.numberOf(user),
        scene.bed.readEscrow(user).openedSlot,
        seq,
        await this.numberOf(owner),
        amount,
      ];
      await ledger.row(
        "INSERT INTO settle_entries (batch_id, user_id, opened_slot, seq, provider_id, amount, cut, receipts_from) SELECT $1, $2, $3, $4, $5, $6, -1 - count(*), gen_random_uuid() FROM settle_entries",
        values,
      );
    }
    return id as bigint;
  }

  /** Makes forged entries look as if something stood behind them. */
  async back(user: Address, owner: Address, amount: bigint): Promise<void> {
    const values = [await this.numberOf(user), await this.numberOf(owner), amount * 1_000n];
    await this.ledger.row(
      `INSERT INTO payables AS p (user_id, provider_id, amount, in_flight) VALUES ($1, $2, $3, $3) ON CONFLICT (user_id, provider_id)
       DO UPDATE SET amount = p.amount + excluded.amount, in_flight = p.in_flight + excluded.in_flight`,
      values,
    );
  }

  /** Lets a user leave and close the escrow, on chain alone. */
  close(user: Address): void {
    const { ask, chain } = this.scene;
    this.scene.land(ask.requestExit(user));
    chain.advance(2n * 86_400n);
    this.scene.land(ask.finalizeExit(user));
    chain.advance(600n);
    this.scene.land(ask.closeEscrow(user));
  }

  /** Asks for a withdrawal as the router does; its id. */
  async withdraw(party: WithdrawalParty, wallet: Address, amount: bigint, destination?: Address): Promise<string> {
    const { ledger } = this;
    const withdrawals = createWithdrawals(ledger.database);
    const number = await this.numberOf(wallet);
    const asked = await withdrawals.request({
      ...(await withdrawals.standing(party, number)),
      at: new Date(ledger.clock.now()),
      id: ledger.id(),
      party,
      wallet: number,
      amount: microUsdc(amount),
      destination: destination === undefined ? undefined : base58.decode(destination),
    });
    assert.equal(asked.code, "requested");
    return asked.code === "requested" ? asked.id : "";
  }

  /** Executes what was signed, with every signature checked; gives the log. Further owners sign it first. */
  async land(wire: string, ...owners: readonly KeyPairSigner[]): Promise<readonly string[]> {
    const { svm } = this.scene.chain;
    let transaction = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    for (const owner of owners) {
      const [signed] = await owner.signTransactions([transaction as never]);
      transaction = { ...transaction, signatures: { ...transaction.signatures, ...signed } };
    }
    svm.withSigverify(true).withBlockhashCheck(true);
    const result = svm.sendTransaction(transaction);
    svm.withSigverify(false).withBlockhashCheck(false);
    const logs = ("err" in result ? result.meta() : result).logs();
    assert.ok(!("err" in result), `It should land: ${String(result)}\n${logs.join("\n")}`);
    this.scene.chain.setTime(this.scene.chain.time, this.scene.chain.slot + 1n);
    return logs;
  }

  /** Lands a batch; what was applied of each entry. */
  async settle(wire: string): Promise<readonly (bigint | "no_op")[]> {
    const logs = await this.land(wire);
    return readSettleLog(logs, this.scene.chain.programAddress).batches[0]?.applied ?? [];
  }
}
