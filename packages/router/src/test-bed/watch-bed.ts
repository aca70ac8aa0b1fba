// A watch that posts what it is told of the real program into a real ledger, with everything it posted written down.
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { START_TIME } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import type { SceneParams } from "@aimo-network/escrow/test-bed/scene";
import { systemRandom } from "@aimo-network/protocol/random";
import { pino } from "pino";
import { createChainWatch } from "../billing/deposit/chain-watch.ts";
import type { ChainWatch } from "../billing/deposit/chain-watch.ts";
import type { ChainSettings } from "../chain/chain-settings.ts";
import { createEndpoints } from "../chain/endpoints.ts";
import { lookAtAll, lookAtSome, surveyGround } from "../chain/observation.ts";
import type { ChainObservation, Ground } from "../chain/observation.ts";
import { nodeOn } from "../chain/test-bed/node-on-chain.ts";
import type { TestNode } from "../chain/test-bed/node-on-chain.ts";
import { RememberedChain } from "../chain/test-bed/remembered-chain.ts";
import type { ChainPosting, ObservedEscrow, Posting, PostingOutcome } from "../ledger/chain-books/chain-posting.ts";
import type { ChainBooks } from "./chain-books-bed.ts";
import { openChainBooks } from "./chain-books-bed.ts";
import type { LedgerUser } from "./ledger-bed.ts";

/** Something that was posted, and what came of it. */
export interface NotedPosting {
  readonly kind: "escrow" | "gone" | "provider" | "fees";
  /** The ledger's number of whose it is. */
  readonly wallet: number;
  readonly outcome: PostingOutcome | bigint;
  readonly posting: Posting;
  readonly escrow?: ObservedEscrow;
  readonly adopts?: boolean;
}

type Person = typeof ANN;

/** A watch over a scene with Ann, Ben, Pat and Quinn. */
export class WatchBed {
  readonly scene: Scene;
  readonly books: ChainBooks;
  readonly people = { ann: ANN, ben: BEN, pat: PAT, quinn: QUINN };
  readonly usdc = USDC;
  readonly noted: NotedPosting[] = [];
  /** Wallets of which it was told that their balances have changed. */
  readonly told: string[] = [];
  readonly logged: string[] = [];
  /** The watcher's; its fence is undefined while another leads. */
  readonly leadership: { fence: bigint | undefined; readonly tried: Promise<void>; close(): Promise<void> };
  /** What posting an account does first: a test makes it fail. */
  before: (kind: NotedPosting["kind"], wallet: number) => void = () => undefined;
  watch: ChainWatch;
  /** What is asked for the chain. */
  readonly node: TestNode;
  readonly #chain: RememberedChain;
  readonly #ground: Ground;
  readonly #rpc: Parameters<typeof lookAtAll>[0];
  readonly #payers = new Map<string, LedgerUser>();

  private constructor(scene: Scene, chain: RememberedChain, ground: Ground, books: ChainBooks) {
    this.scene = scene;
    this.books = books;
    this.#chain = chain;
    this.#ground = ground;
    const log = pino({}, { write: (line: string) => void this.logged.push(line) });
    this.node = nodeOn(chain);
    const endpoints = createEndpoints(["http://node.test/"], {
      clock: books.clock,
      log,
      transportTo: () => this.node.transport,
    });
    this.#rpc = endpoints.any;
    this.leadership = { fence: books.watcher, tried: Promise.resolve(), close: () => Promise.resolve() };
    this.watch = this.newWatch();
  }

  /** `driftMs`: how far this machine's clock is ahead of the chain's. */
  static async open(
    t: { after(close: () => Promise<void>): void },
    { driftMs = 0, params = {} }: { driftMs?: number; params?: SceneParams } = {},
  ): Promise<WatchBed> {
    const chain = new RememberedChain();
    const scene = await Scene.open(params, "router", chain);
    const books = await openChainBooks(t, Number(START_TIME) * 1_000 + driftMs);
    const { programAddress } = chain;
    const ground = await surveyGround({ programAddress, routerId: scene.bed.keys.routerId, commitment: "confirmed" });
    return new WatchBed(scene, chain, ground, books);
  }

  /** One that remembers nothing, as after a restart. */
  newWatch(): ChainWatch {
    const { books } = this;
    const log = pino({}, { write: (line: string) => void this.logged.push(line) });
    return createChainWatch({
      clock: books.clock,
      random: systemRandom,
      log,
      posting: this.#notedPosting(books.posting),
      numbers: books.ledger.numbers,
      leadership: this.leadership,
      posted: (wallet) => void this.told.push(wallet),
    });
  }

  #notedPosting(posting: ChainPosting): ChainPosting {
    return {
      ...posting,
      escrow: async (how, escrow) => {
        this.before("escrow", escrow.user);
        const outcome = await posting.escrow(how, escrow);
        this.noted.push({ kind: "escrow", wallet: escrow.user, outcome, posting: how, escrow });
        return outcome;
      },
      escrowGone: async (how, user) => {
        this.before("gone", user);
        const outcome = await posting.escrowGone(how, user);
        this.noted.push({ kind: "gone", wallet: user, outcome, posting: how });
        return outcome;
      },
      provider: async (how, account, adopts) => {
        this.before("provider", account.provider);
        const outcome = await posting.provider(how, account, adopts);
        this.noted.push({ kind: "provider", wallet: account.provider, outcome, posting: how, adopts });
        return outcome;
      },
      fees: async (how, accrued, adopts) => {
        this.before("fees", 0);
        const outcome = await posting.fees(how, accrued, adopts);
        this.noted.push({ kind: "fees", wallet: 0, outcome, posting: how, adopts });
        return outcome;
      },
    };
  }

  /** The settings of whoever looks at this router by the node at a URL. */
  settingsAt(url: string): ChainSettings {
    const { bed, chain } = this.scene;
    return {
      rpcUrls: [url],
      publicRpcUrl: undefined,
      wsUrl: undefined,
      programAddress: chain.programAddress,
      routerId: bed.keys.routerId,
      commitment: "confirmed",
      pollMs: 1_000,
      priorityFeeMax: 0n,
    };
  }

  /** Everything that is on chain. */
  async whole(): Promise<ChainObservation> {
    this.#chain.pass(1n);
    const options = { floor: 0n, abortSignal: new AbortController().signal };
    return (await lookAtAll(this.#rpc, this.#ground, options)).observation;
  }

  /** The escrows and accounts of these, or that there are none. */
  async some(...people: readonly Person[]): Promise<ChainObservation> {
    this.#chain.pass(1n);
    const options = { floor: 0n, abortSignal: new AbortController().signal };
    const { bed } = this.scene;
    const owners: readonly Person[] = [PAT, QUINN];
    const addresses = people.map((person) => (owners.includes(person) ? bed.providerOf(person) : bed.escrowOf(person)));
    return (await lookAtSome(this.#rpc, this.#ground, addresses, options)).observation;
  }

  /** Tells the watch, and gives what it posted besides the fees: whose, and what came of it. */
  async tell(observation: ChainObservation): Promise<string[]> {
    const before = this.noted.length;
    await this.watch.observe(observation);
    return await this.#names(this.noted.slice(before).filter(({ kind }) => kind !== "fees"));
  }

  async #names(noted: readonly NotedPosting[]): Promise<string[]> {
    const names = new Map<number, string>();
    for (const [name, person] of Object.entries(this.people)) names.set(await this.numberOf(person), name);
    return noted.map(({ kind, wallet, outcome }) => `${kind} ${names.get(wallet)} ${outcome}`).toSorted();
  }

  /** What was posted of a person last. */
  async last(person: Person): Promise<NotedPosting> {
    const number = await this.numberOf(person);
    return this.noted.findLast(({ wallet }) => wallet === number)!;
  }

  async numberOf(person: Person): Promise<number> {
    return await this.books.ledger.numbers.wallet(person);
  }

  async balances(person: Person): Promise<{ available: bigint; locked: bigint; withdrawing: bigint; payable: bigint }> {
    return await this.books.balances(await this.numberOf(person));
  }

  async earnings(person: Person): Promise<bigint> {
    return (await this.books.earnings(await this.numberOf(person))).claimable;
  }

  /** Lets a user owe micro-USDC to these, and cuts a batch of it that is on its way. */
  async bill(user: Person, amount: bigint, ...owners: readonly Person[]): Promise<bigint> {
    const { books } = this;
    const number = await this.numberOf(user);
    const payer = this.#payers.get(user) ?? { user: number, key: await books.addKey(number) };
    this.#payers.set(user, payer);
    const pairs: [number, number][] = [];
    for (const owner of owners) {
      const provider = await this.numberOf(owner);
      await books.owe(payer, provider, amount);
      pairs.push([payer.user, provider]);
    }
    const batch = (await books.cut(pairs))!;
    await books.send(batch);
    return batch;
  }

  /** Lets the chain execute a batch as it was cut. */
  async land(batch: bigint): Promise<void> {
    const { entries } = await this.books.batch(batch);
    const { scene } = this;
    scene.land(
      scene.ask.settle(
        entries.map(({ userWallet, providerWallet, amount, seq }) => ({
          user: userWallet as Person,
          owner: providerWallet as Person,
          amount,
          seq: Number(seq),
        })),
      ),
    );
  }

  /** Lets so many seconds go by, for this machine and, unless it drifts, for the chain. */
  pass(seconds: bigint, { driftMs = 0 }: { driftMs?: number } = {}): void {
    this.scene.chain.advance(seconds);
    this.books.clock.advance(Number(seconds) * 1_000 + driftMs);
  }
}
