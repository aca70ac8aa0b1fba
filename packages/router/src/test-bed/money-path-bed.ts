// A router's whole money path over the real program, a node behind HTTP and a real ledger; opened and closed as often as a test wants.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { base58, base64url } from "@scure/base";
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { signer } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import type { SceneParams } from "@aimo-network/escrow/test-bed/scene";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { pino } from "pino";
import type { ReconciliationOutcome } from "../billing/reconcile/reconcile-command.ts";
import { runReconciliation } from "../billing/reconcile/reconcile-command.ts";
import { nodeOn } from "../chain/test-bed/node-on-chain.ts";
import type { TestNode } from "../chain/test-bed/node-on-chain.ts";
import { RememberedChain } from "../chain/test-bed/remembered-chain.ts";
import type { Config } from "../config.ts";
import { parseConfig } from "../config.ts";
import { loadIdentity } from "../identity.ts";
import { checkLedger } from "../ledger/check-ledger.ts";
import type { Books } from "../ledger/open-books.ts";
import { openBooks } from "../ledger/open-books.ts";
import { ledgerRates } from "../billing/rate-rules.ts";
import type { MoneyPath } from "../money-path.ts";
import { chainRoomSettings, openMoneyPath } from "../money-path.ts";
import { serveNode } from "./node-server.ts";
import { testDatabase } from "./test-database.ts";

type Person = typeof ANN;

const LOOKS_MAX = 3_000;
const LOOK_MS = 10;
const LOCK_MS = 660_000;

/** Writes a new key as `solana-keygen` does; gives its address. */
function writeKey(path: string): Person {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [publicBytes, secret] = [base64url.decode(`${x}=`), base64url.decode(`${d}=`)];
  writeFileSync(path, JSON.stringify([...secret, ...publicBytes]), { mode: 0o600 });
  return base58.encode(publicBytes) as Person;
}

/** What the money path told of itself last. */
export interface Told {
  slot: bigint;
  short: bigint;
  batches: number;
  isStopped: boolean | undefined;
  readonly posted: string[];
}

/** The bed. */
export class MoneyPathBed {
  readonly people = { ann: ANN, ben: BEN, pat: PAT, quinn: QUINN };
  readonly usdc = USDC;
  readonly chain: RememberedChain;
  readonly scene: Scene;
  readonly node: TestNode;
  readonly config: Config;
  readonly logged: string[] = [];
  readonly told: Told = { slot: 0n, short: 0n, batches: 0, isStopped: undefined, posted: [] };
  /** The books of the router that is open. */
  books: Books;
  path: MoneyPath | undefined;
  readonly #keys = new Map<Person, number>();

  private constructor(parts: Pick<MoneyPathBed, "chain" | "scene" | "node" | "config" | "books">) {
    this.chain = parts.chain;
    this.scene = parts.scene;
    this.node = parts.node;
    this.config = parts.config;
    this.books = parts.books;
  }

  /** Everything but the money path, which `start` opens. */
  static async open(
    t: { after(close: () => Promise<void>): void },
    { params = {}, settings = {} }: { params?: SceneParams; settings?: Record<string, string> } = {},
  ): Promise<MoneyPathBed> {
    const directory = mkdtempSync(join(tmpdir(), "aimo-money-"));
    t.after(async () => rmSync(directory, { recursive: true, force: true }));
    const chain = new RememberedChain();
    const scene = await Scene.open(params, "router", chain);
    const roles = {
      settler: writeKey(join(directory, "settler.json")),
      cosigner: writeKey(join(directory, "cosigner.json")),
    };
    scene.land(scene.ask.setRoles(roles, { cosigner: signer(scene.bed.keys.cosigner) }));
    chain.giveSol(roles.settler);
    const node = nodeOn(chain);
    const config = parseConfig({
      AIMO_DATA_DIR: directory,
      AIMO_CONSOLE_DIR: "none",
      DATABASE_URL: await testDatabase(),
      AIMO_RPC_URL: await serveNode(t, node),
      AIMO_PROGRAM_ID: chain.programAddress,
      AIMO_COMMITMENT: "confirmed",
      AIMO_CHAIN_POLL_MS: "50",
      AIMO_SETTLE_AGE_MS: "100",
      ...settings,
    });
    const bed = new MoneyPathBed({ chain, scene, node, config, books: await MoneyPathBed.#books(config) });
    t.after(async () => await bed.stop());
    return bed;
  }

  static #books(config: Config): Promise<Books> {
    const log = pino({ level: "silent" });
    const counts = { batch: () => undefined, refused: () => undefined, imbalance: () => undefined };
    return openBooks(
      {
        databaseUrl: config.databaseUrl,
        dataDirectory: config.dataDirectory,
        connectionsMax: config.databaseConnectionsMax,
        rates: ledgerRates(config.rates),
        historyDays: config.historyDays,
      },
      { clock: systemClock, ioClock: systemClock, log, counts },
    );
  }

  /** Opens the money path, as a router that starts does. */
  async start(): Promise<MoneyPath> {
    const log = pino({ level: "debug" }, { write: (line: string) => void this.logged.push(line) });
    const { told, books, config } = this;
    this.path = await openMoneyPath(config.chain!, config, {
      clock: systemClock,
      random: systemRandom,
      log,
      books,
      identity: { ...loadIdentity(config.dataDirectory), routerId: this.scene.bed.keys.routerId },
      counts: {
        seen: (slot) => void (told.slot = slot),
        disagreement: () => undefined,
        short: (nano) => void (told.short = nano),
        openBatches: (count) => void (told.batches = count),
        admission: (isStopped) => void (told.isStopped = isStopped),
      },
      posted: (wallet) => void told.posted.push(wallet),
    });
    return this.path;
  }

  /** Ends the router's process, and lets another begin on the same database. */
  async restart(): Promise<void> {
    await this.stop();
    this.books = await MoneyPathBed.#books(this.config);
  }

  async stop(): Promise<void> {
    await this.path?.close();
    this.path = undefined;
    await this.books.close();
  }

  /** Lets slots go by until something holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let looks = 0; !(await holds()); looks += 1) {
      assert.ok(looks < LOOKS_MAX, `${what}\n${this.logged.slice(-20).join("")}`);
      this.chain.pass(1n);
      await pause(LOOK_MS);
    }
  }

  async numberOf(person: Person): Promise<number> {
    return await this.books.ledger.numbers.wallet(person);
  }

  async row(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>> {
    const [row] = await this.books.database.query<Record<string, unknown>>(text, values);
    return row ?? {};
  }

  async availableOf(person: Person): Promise<bigint> {
    return (await this.row("SELECT available FROM users WHERE id = $1", [await this.numberOf(person)]))[
      "available"
    ] as bigint;
  }

  async claimableOf(person: Person): Promise<bigint> {
    return (await this.row("SELECT claimable FROM providers WHERE id = $1", [await this.numberOf(person)]))[
      "claimable"
    ] as bigint;
  }

  /** Locks so much for a request; gives the lock's id, or why it was refused. */
  async lock(user: Person, owner: Person, micro: bigint): Promise<{ id: string; refusal: string | undefined }> {
    const { ledger, database } = this.books;
    const number = await this.numberOf(user);
    if (!this.#keys.has(user)) {
      const [made] = await database.query<{ id: number }>(
        "INSERT INTO keys (key_id, user_id, created_at) VALUES ($1, $2, now()) RETURNING id",
        [Buffer.from(systemRandom.bytes(16)), number],
      );
      this.#keys.set(user, made!.id);
    }
    const id = uuidV7(systemClock, systemRandom);
    const full = nanoUsdc(micro * 1_000n);
    const { refusal } = await ledger.lock({
      id,
      user: number,
      key: this.#keys.get(user)!,
      provider: await this.numberOf(owner),
      model: await ledger.numbers.model("acme/model"),
      price: await ledger.numbers.price({ prompt: microUsdc(10n ** 9n), completion: microUsdc(2n * 10n ** 9n) }),
      ...{
        full,
        least: full,
        tokens: 100,
        promptTokensMax: 50_000,
        outputTokensMax: 50_000,
        imageCount: 0,
        stream: false,
      },
      deadlineMs: systemClock.now() + LOCK_MS,
      idempotency: undefined,
    });
    return { id, refusal: refusal?.reason };
  }

  /** A request that is answered: so many prompt tokens, each of which costs a thousandth of a USDC. */
  async answer(user: Person, owner: Person, promptTokens: number): Promise<string> {
    const { ledger } = this.books;
    const micro = BigInt(promptTokens) * 1_000n;
    const { id, refusal } = await this.lock(user, owner, micro);
    assert.equal(refusal, undefined);
    await ledger.charge({
      id,
      user: await this.numberOf(user),
      kind: "charged",
      amount: nanoUsdc(micro * 1_000n),
      provider: await this.numberOf(owner),
      model: await ledger.numbers.model("acme/model"),
      price: await ledger.numbers.price({ prompt: microUsdc(10n ** 9n), completion: microUsdc(2n * 10n ** 9n) }),
      usage: { ...NO_USAGE, promptTokens },
      ...{ firstOutputMs: 5, durationMs: 10, imageCount: 0, flags: 0, finishReason: "stop", unpaid: undefined },
    });
    return id;
  }

  /** Compares chain and ledger from outside, as the command does. */
  reconcile(): Promise<ReconciliationOutcome> {
    const { config, books, scene } = this;
    const settings = chainRoomSettings(config.chain!, scene.bed.keys.routerId);
    return runReconciliation(settings, {
      clock: systemClock,
      log: pino({ level: "silent" }),
      database: books.database,
    });
  }

  /** Insists that the books balance and say what the chain says, to the last micro-USDC. */
  async insistOnBalance(): Promise<void> {
    const { differences } = await checkLedger(this.books.database);
    assert.deepEqual(differences, []);
    await this.until("chain and ledger agree", async () =>
      (await this.reconcile()).lines[0]!.startsWith("Chain and ledger agree"),
    );
    const { vault } = await this.row("SELECT vault FROM router_accounts");
    assert.equal(vault, this.chain.tokens(this.scene.bed.vault) * 1_000n);
    const { liabilities } = await this.row(
      `SELECT ((SELECT sum(available + locked + withdrawing + payable) FROM users) + (SELECT sum(claimable + withdrawing) FROM providers)
        + (SELECT fees FROM router_accounts))::bigint AS liabilities`,
    );
    assert.equal(liabilities, vault);
  }
}
