// Inspection under test: a real ledger, real accounts and billing, and scripted providers on real links.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { Accounts } from "../accounts/open-accounts.ts";
import { openAccounts } from "../accounts/open-accounts.ts";
import { chargeOutcome, releaseBroken } from "../gateway/chat/chat-billing.ts";
import { readChatRequest } from "../gateway/chat/chat-request.ts";
import type { Inspection } from "../inspection/inspection.ts";
import { startInspection } from "../inspection/inspection.ts";
import { createInspectorPayer } from "../inspection/inspector-payer.ts";
import type { InspectorWallet } from "../inspection/inspector-wallet.ts";
import { loadInspectorWallet } from "../inspection/inspector-wallet.ts";
import type { TruthSharing } from "../inspection/truth-sharing.ts";
import { shareTruth } from "../inspection/truth-sharing.ts";
import type { InspectionSchedule } from "../inspection/schedule.ts";
import { createOfferTruthBooks } from "../ledger/offer-truth-books.ts";
import { createLog } from "../log.ts";
import { createOfferBook } from "../market/offer-book.ts";
import { createTruthBoard } from "../market/truth/truth-board.ts";
import type { TruthBoard } from "../market/truth/truth-board.ts";
import { createAdmission } from "../providers/admit.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { createLinks } from "../providers/links.ts";
import { createPreflights } from "../providers/preflights.ts";
import { createPreflightMemory } from "./preflight-memory.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";
import type { ScriptedCall, ScriptedProvider } from "./scripted-provider.ts";
import { connectProvider } from "./scripted-provider.ts";
import type { TestBilling } from "./test-billing.ts";
import { testBilling } from "./test-billing.ts";

/** Quick enough for a test, slow enough that two failures are two. */
const QUICK: InspectionSchedule = {
  firstMs: [5, 30],
  spreadMs: 20,
  againMs: 60,
  apartMs: 5,
  dailyMs: 24 * 3_600_000,
  lookMs: 5,
  fundsMs: 30,
};

const ROUTER_ID = "11111111111111111111111111111112";
const WAIT_LOOKS_MAX = 3_000;
const WAIT_MS = 5;

/** A provider of the bed. */
export interface BedProvider extends ScriptedProvider {
  readonly wallet: string;
  /** The id of its offer of that name. */
  offerId(name: string): string;
}

/** The bed. */
export class InspectionBed {
  readonly logLines: string[] = [];
  readonly money: TestBilling;
  readonly wallet: InspectorWallet;
  readonly #truthBooks: ReturnType<typeof createOfferTruthBooks>;
  /** Of the inspection that runs now. */
  board: TruthBoard = createTruthBoard();
  readonly #accounts: Accounts;
  readonly #url: string;
  readonly #parts: Pick<Parts, "book" | "links" | "log">;
  #running: readonly (Inspection | TruthSharing)[] = [];

  private constructor(parts: Parts) {
    this.money = parts.money;
    this.wallet = parts.wallet;
    this.#accounts = parts.accounts;
    this.#url = parts.url;
    this.#parts = parts;
    this.logLines = parts.logLines;
    this.#truthBooks = createOfferTruthBooks(parts.money.books.database);
  }

  static async open(t: { after(close: () => Promise<void>): void }): Promise<InspectionBed> {
    const directory = mkdtempSync(join(tmpdir(), "aimo-inspection-"));
    const money = await testBilling();
    const logLines: string[] = [];
    const log = createLog("debug", { write: (line) => void logLines.push(line) });
    const { database } = money.books;
    const deps = { clock: systemClock, random: systemRandom, log, database, heed: () => undefined };
    const accounts = await openAccounts(deps, { routerId: ROUTER_ID, acceptV1Spending: false });
    const { book, links } = { book: createOfferBook(), links: createLinks() };
    const server = createServer();
    const admit = createAdmission({
      ...{ clock: systemClock, random: systemRandom, log, links, routerId: ROUTER_ID },
      preflights: await createPreflights(createPreflightMemory(), 1),
      waitingBytes: createByteBudget(0),
      incomingBytes: createByteBudget(0),
      requestId: () => "req-1",
      isOpen: () => true,
      refusal: () => undefined,
      isRevoked: () => false,
      authenticate: (authorization = "") =>
        Promise.resolve({ keyId: "key", wallet: authorization.slice("Bearer ".length), expiresAtMs: 2 ** 52 }),
      linkEvents: (link) => ({
        offers: (offers) => book.replace(link, offers, systemClock.now()),
        draining: () => book.remove(link.id),
        replayed: () => Promise.resolve(false),
        closed: () => book.remove(link.id),
      }),
    });
    server.on("upgrade", (request, socket, head) => void admit(request, socket, head));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const wallet = loadInspectorWallet(directory);
    const bed = new InspectionBed({ money, wallet, accounts, url, book, links, log, logLines });
    t.after(async () => {
      await bed.stop();
      for (const link of links.all()) link.terminate();
      server.close();
      accounts.close();
      await money.close();
      rmSync(directory, { recursive: true });
    });
    return bed;
  }

  /** Deposits for the inspector. */
  async fund(usdc: string): Promise<void> {
    const { ledger } = this.money.books;
    const user = await ledger.numbers.wallet(this.wallet.address);
    const [id, total] = [uuidV7(systemClock, systemRandom), parseNanoUsdc(usdc)];
    await ledger.deposit({ id, user, openedSlot: 0n, total, source: "test" });
  }

  /** What the inspector has left, in nano-USDC. */
  async funds(): Promise<{ available: bigint; locked: bigint; payable: bigint }> {
    const userNumber = await this.money.books.ledger.numbers.wallet(this.wallet.address);
    return await this.money.books.balances({ userNumber, wallet: "", id: "", keyNumber: 0 });
  }

  /** What today has cost so far, with what is reserved, in nano-USDC. */
  async spent(): Promise<bigint> {
    return await this.#truthBooks.spent(systemClock.now());
  }

  async connect(
    offers: readonly Offer[],
    answer: (call: ScriptedCall) => void,
    wallet = base58.encode(systemRandom.bytes(32)),
  ): Promise<BedProvider> {
    const provider = await connectProvider(this.#url, wallet, answer);
    await provider.offer(offers);
    return { ...provider, wallet, offerId: (name) => `${wallet}/${name}` };
  }

  /** Starts examining, as a router does that knows nothing but what is in its database. */
  async inspect(usdcPerDay = "1", schedule: Partial<InspectionSchedule> = {}): Promise<void> {
    const { database } = this.money.books;
    const [led] = await database.query<{ fence: bigint }>("SELECT ledger_lead(now(), 'inspector', 1) AS fence");
    this.board = createTruthBoard();
    const { book, links, log } = this.#parts;
    const { wallet } = this;
    const [clock, random] = [systemClock, systemRandom];
    const deadlines = { firstByteMs: 5_000, idleMs: 5_000, totalMs: 10_000 };
    const { board } = this;
    const books = this.#truthBooks;
    const sharing = shareTruth({ clock, log, board, books, offerIds: () => [] });
    await sharing.ready;
    const inspection = startInspection(
      {
        ...{ clock, random, log, book, links, board: this.board, books },
        leadership: { fence: led?.fence },
        asks: {
          ...{ clock, random, billing: this.money.billing },
          relayDeps: { clock, log, answerBytes: createByteBudget(2 ** 30), deadlines },
          read: (body) => readChatRequest(Buffer.from(body)),
          requestId: () => `req-${uuidV7(clock, random)}`,
          observe: (request) => QUIET_OBSERVER.admitted(request),
          charge: chargeOutcome,
          release: releaseBroken,
          payer: createInspectorPayer({
            ...{ clock, routerId: ROUTER_ID, wallet },
            authenticate: (bearer) => this.#accounts.keys.authenticate(bearer, "spend"),
          }),
        },
      },
      { usdcPerDay: parseNanoUsdc(usdcPerDay), wallet: wallet.address, schedule: { ...QUICK, ...schedule } },
    );
    this.#running = [inspection, sharing];
  }

  async stop(): Promise<void> {
    for (const one of this.#running) await one.close();
    this.#running = [];
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let looks = 0; !(await holds()); looks += 1) {
      if (looks > WAIT_LOOKS_MAX) throw new Error(`${what}: never\n${this.logLines.slice(-20).join("")}`);
      await pause(WAIT_MS);
    }
  }
}

interface Parts {
  readonly money: TestBilling;
  readonly wallet: InspectorWallet;
  readonly accounts: Accounts;
  readonly url: string;
  readonly book: ReturnType<typeof createOfferBook>;
  readonly links: ReturnType<typeof createLinks>;
  readonly log: ReturnType<typeof createLog>;
  readonly logLines: string[];
}
