// A router on a chain that checks signatures, with wallets that have keys, and the chain's side of people's money on it.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import type { SceneParams } from "@aimo-network/escrow/test-bed/scene";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { buildWithdrawProvider } from "@aimo-network/escrow/build/provider-payments";
import { buildWithdrawUser } from "@aimo-network/escrow/build/user-exit";
import { readConfig, readEscrow, readProvider } from "@aimo-network/escrow/accounts/read-account";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { microUsdc } from "@aimo-network/protocol/money";
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createNoopSigner,
  createSignableMessage,
  createTransactionMessage,
  generateKeyPairSigner,
  getAddressEncoder,
  getBase64EncodedWireTransaction,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { Address, Base64EncodedWireTransaction, Instruction, KeyPairSigner, SignatureBytes } from "@solana/kit";
import { pino } from "pino";
import type { ChainSettings } from "../../chain-settings.ts";
import { createEndpoints } from "../../endpoints.ts";
import type { Endpoints } from "../../endpoints.ts";
import { createSender } from "../../send.ts";
import type { Sender } from "../../send.ts";
import { openChainDesk } from "../../submission/chain-desk.ts";
import type { ChainDesk } from "../../submission/chain-desk.ts";
import { nodeOn } from "../../test-bed/node-on-chain.ts";
import type { TestNode } from "../../test-bed/node-on-chain.ts";
import { RememberedChain } from "../../test-bed/remembered-chain.ts";

/** What a test wants otherwise. */
export interface MoneyChainOptions {
  readonly params?: SceneParams;
  readonly commitment?: "confirmed" | "finalized";
  readonly nodes?: number;
  readonly clock?: ManualClock;
}

/** What a withdrawal is signed for. */
export interface BedWithdrawal {
  readonly party: MoneyParty;
  readonly wallet: string;
  readonly amount: bigint;
  readonly destination?: string | undefined;
}

/** What the router's signer gives. */
export interface BedCosigned {
  readonly wire: string;
  readonly lastValidBlockHeight: bigint;
}

const LOG = pino({ level: "silent" });
/** How long looking may take before the clock goes on: a busy database needs a while, and some looks never end. */
const PATIENCE_TURNS = 500;

/** A person's signature over bytes. */
async function signatureOf(person: KeyPairSigner, bytes: Uint8Array): Promise<Uint8Array> {
  const [signatures] = await person.signMessages([createSignableMessage(bytes)]);
  return new Uint8Array(signatures![person.address]!);
}

/** A wallet as the rest of the house has it: it signs texts. */
export function walletOf(person: KeyPairSigner): Wallet {
  return {
    publicKey: new Uint8Array(getAddressEncoder().encode(person.address)),
    sign: async (message) => await signatureOf(person, message),
  };
}

/** Puts signatures into a transaction in base64. */
export async function signWire(wire: string, ...people: readonly KeyPairSigner[]): Promise<string> {
  const transaction = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
  let { signatures } = transaction;
  for (const person of people) {
    const own = await signatureOf(person, new Uint8Array(transaction.messageBytes));
    signatures = { ...signatures, [person.address]: own as SignatureBytes };
  }
  return getBase64EncodedWireTransaction({ ...transaction, signatures });
}

/** A transaction of anything, signed by these people; the first pays the fee. */
export async function signedTransaction(
  instructions: readonly Instruction[],
  lifetime: Parameters<typeof setTransactionMessageLifetimeUsingBlockhash>[0],
  ...people: readonly KeyPairSigner[]
): Promise<string> {
  const [payer] = people;
  const transaction = compileTransaction(
    pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayer(payer!.address, draft),
      (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    ),
  );
  return await signWire(getBase64EncodedWireTransaction(transaction), ...people);
}

/** The chain and the router's desk on it. */
export class MoneyChain {
  readonly chain: RememberedChain;
  readonly scene: Scene;
  readonly nodes: readonly TestNode[];
  readonly settings: ChainSettings;
  readonly clock: ManualClock;
  readonly endpoints: Endpoints;
  readonly sender: Sender;
  readonly cosigner: KeyPairSigner;
  /** The accounts that were looked at. */
  readonly looked: Address[][] = [];
  /** What looking does beside noting. */
  onLook: (addresses: readonly Address[]) => Promise<void> = async () => undefined;
  /** How many slots follow a transaction that was sent: with one it is confirmed when it is asked for. */
  slotsAfterSend = 1n;

  #looks = 0;

  private constructor(chain: RememberedChain, scene: Scene, cosigner: KeyPairSigner, options: MoneyChainOptions) {
    const { nodes = 1, commitment = "confirmed", clock = manualClock() } = options;
    this.chain = chain;
    this.scene = scene;
    this.cosigner = cosigner;
    this.nodes = Array.from({ length: nodes }, () => nodeOn(chain));
    const rpcUrls = this.nodes.map((_, index) => `http://node-${index}.test/`);
    const { programAddress } = chain;
    const { routerId } = scene.bed.keys;
    this.clock = clock;
    this.settings = {
      rpcUrls,
      publicRpcUrl: undefined,
      wsUrl: undefined,
      programAddress,
      routerId,
      commitment,
      pollMs: 1_000,
      priorityFeeMax: 1_000_000n,
    };
    const transportTo = (url: string) => this.nodes[rpcUrls.indexOf(url)]!.transport;
    this.endpoints = createEndpoints(rpcUrls, { clock, log: LOG, transportTo });
    const sender = createSender(this.settings, this.endpoints);
    this.sender = {
      ...sender,
      submit: async (...sent) => {
        await sender.submit(...sent);
        chain.pass(this.slotsAfterSend);
      },
    };
  }

  /** A router with Ann, Ben, Pat and Quinn, whose cosigner has a key; from then on signatures are checked. */
  static async open(options: MoneyChainOptions = {}): Promise<MoneyChain> {
    const chain = new RememberedChain();
    const scene = await Scene.open(options.params ?? {}, "router", chain);
    const cosigner = await generateKeyPairSigner();
    scene.land(scene.ask.setRoles({ cosigner: cosigner.address }, { cosigner: signer(scene.bed.keys.cosigner) }));
    chain.svm.withSigverify(true);
    return new MoneyChain(chain, scene, cosigner, options);
  }

  get node(): TestNode {
    return this.nodes[0]!;
  }

  openDesk(): Promise<ChainDesk> {
    const { clock, endpoints, sender, settings } = this;
    const look = async (addresses: readonly Address[] = []): Promise<void> => {
      this.looked.push([...addresses]);
      this.#looks += 1;
      try {
        await this.onLook(addresses);
      } finally {
        this.#looks -= 1;
      }
    };
    return openChainDesk(settings, { clock, log: LOG, endpoints, sender, follower: { look } });
  }

  /** Lets the scene's own people act, who have no keys. */
  withoutSignatures<Result>(act: () => Result): Result {
    this.chain.svm.withSigverify(false);
    try {
      return act();
    } finally {
      this.chain.svm.withSigverify(true);
    }
  }

  /** Somebody with SOL and 1,000 USDC. */
  async person(usdc = 1_000n * USDC): Promise<KeyPairSigner> {
    const person = await generateKeyPairSigner();
    await this.scene.bed.know(person.address);
    this.chain.giveSol(person.address);
    this.scene.bed.giveTokens(person.address, usdc);
    return person;
  }

  /** Somebody with an escrow that holds this. */
  async user(amount = 100n * USDC): Promise<KeyPairSigner> {
    const person = await this.person();
    this.withoutSignatures(() => {
      this.scene.land(this.scene.ask.openEscrow(person.address));
      if (amount > 0n) this.scene.land(this.scene.ask.deposit(person.address, amount));
    });
    return person;
  }

  /** A provider who has earned this, before the fee, of Ann. */
  async provider(amount: bigint): Promise<KeyPairSigner> {
    const person = await this.person(0n);
    const { ask } = this.scene;
    this.withoutSignatures(() => this.scene.land(ask.registerProvider(person.address)));
    if (amount > 0n) this.withoutSignatures(() => this.scene.collect(ANN, amount, person.address));
    return person;
  }

  /** Lets time pass until this has ended. */
  async pump<Result>(work: Promise<Result>): Promise<Result> {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    work.then(end, end);
    let patience = PATIENCE_TURNS;
    while (!ended.signal.aborted) {
      await pause(2); // signatures are verified and databases asked in real time
      patience = this.#looks === 0 ? PATIENCE_TURNS : patience - 1;
      if (this.#looks === 0 || patience < 0) this.clock.advance(100);
    }
    return await work;
  }

  /** Sends signed bytes; they have to land. Gives the compute units they took. */
  land(wire: string): bigint {
    const { error, logs } = this.chain.sendWire(wire as Base64EncodedWireTransaction);
    assert.equal(error, null, `it should land: ${JSON.stringify(error)}\n${logs.join("\n")}`);
    this.chain.pass(1n);
    const units = logs.flatMap((log) => /^Program \S+ consumed ([0-9]+) of/.exec(log)?.[1] ?? []);
    return units.reduce((sum, count) => sum + BigInt(count), 0n);
  }

  /** A withdrawal as the router's signer signs it: by the cosigner, to be signed by the owner who pays the fee. */
  async cosigned({ party, wallet, amount, destination }: BedWithdrawal): Promise<BedCosigned> {
    const { bed } = this.scene;
    const owner = wallet as Address;
    const router = readConfig(this.chain.svm.getAccount(bed.config), this.chain.programAddress)!;
    const who = { cosigner: createNoopSigner(this.cosigner.address), router, amount: microUsdc(amount) };
    const own = createNoopSigner(owner);
    const { time: now } = this.chain;
    const to = destination && readTokenAccount(this.chain.svm.getAccount(destination as Address));
    await bed.know(owner);
    const instructions =
      party === "user"
        ? await buildWithdrawUser({
            ...who,
            user: own,
            escrow: readEscrow(this.chain.svm.getAccount(bed.escrowOf(owner)), bed.place)!,
            now,
            ...(to && { destination: to }),
          })
        : await buildWithdrawProvider({
            ...who,
            owner: own,
            provider: readProvider(this.chain.svm.getAccount(bed.providerOf(owner)), bed.place)!,
            now,
          });
    const lifetime = await this.sender.latestBlockhash();
    const transaction = compileTransaction(
      pipe(
        createTransactionMessage({ version: 0 }),
        (draft) => setTransactionMessageFeePayer(owner, draft),
        (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
        (draft) => appendTransactionMessageInstructions(instructions, draft),
      ),
    );
    const wire = await signWire(getBase64EncodedWireTransaction(transaction), this.cosigner);
    return { wire, lastValidBlockHeight: lifetime.lastValidBlockHeight };
  }
}

/** A legacy message as a client of the first generation sends it: with a blockhash of its own, signed by the user. */
export async function signLegacyMessage(message: string, user: KeyPairSigner, blockhash: string): Promise<string> {
  const bytes = new Uint8Array(getBase64Encoder().encode(message));
  const decoded = getCompiledTransactionMessageDecoder().decode(bytes);
  assert.equal(decoded.version, "legacy");
  const hash = getAddressEncoder().encode(blockhash as Address); // 32 bytes in base58, too
  const at = 3 + 1 + 32 * decoded.staticAccounts.length;
  bytes.set(hash, at);
  const signature = await signatureOf(user, bytes);
  return Buffer.from([1, ...signature, ...bytes]).toString("base64");
}
