// A way to PostgreSQL that sees charges pass, and can stop one before it gets there or its answer before it comes back.
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dialDatabase, socketPath, urlBy } from "aimo-router/src/test-bed/database-relay.ts";
import { joinSockets } from "aimo-router/src/test-bed/joined-sockets.ts";
import type { PostgresMessage } from "./postgres-messages.ts";
import { createMessageCutter, readBind, readProcessId } from "./postgres-messages.ts";

/**
 * Where a charge is stopped: before PostgreSQL has heard of it, while PostgreSQL works on it, or when it is committed; its
 * answer reaches nobody in the last two.
 */
export type ChargeMoment = "before-charge" | "during-commit" | "after-commit";

/** A batch with charges that was stopped. */
export interface CaughtCharge {
  /** The PostgreSQL process of its connection. */
  readonly processId: number;
  /** Lets it go on as if nothing had been. */
  release(): void;
}

/** A running relay. */
export interface ChargeRelay {
  /** The database, by way of this relay. */
  readonly url: string;
  /** The requests whose charge has been passed on to PostgreSQL. */
  readonly passed: ReadonlySet<string>;
  /** Stops the next batch that charges something. */
  catchCharge(moment: ChargeMoment): Promise<CaughtCharge>;
  close(): void;
}

// Positions among the values of `POST_STATEMENT` in ledger/batch-arrays.ts.
const CHARGE_IDS = 4;
const CHARGE_KINDS = 7;
const CHARGED = "2";

const listOf = (array = "{}"): string[] => array.slice(1, -1).split(",");

/** The requests that a message charges. */
function chargesIn(message: PostgresMessage): string[] {
  const bound = readBind(message);
  if (bound?.statement !== "post") return [];
  const kinds = listOf(bound.values[CHARGE_KINDS]);
  return listOf(bound.values[CHARGE_IDS]).filter((_, index) => kinds[index] === CHARGED);
}

/** Who waits for a charge. */
interface Trap {
  readonly moment: ChargeMoment;
  caught(charge: CaughtCharge): void;
}

/** One connection, message by message. */
class RelayedConnection {
  readonly #client: Socket;
  readonly #database: Socket;
  readonly #passed: Set<string>;
  readonly #takeTrap: () => Trap | undefined;
  #processId = 0;
  #trap: Trap | undefined;
  #heldRequest: PostgresMessage[] | undefined;
  #heldAnswer: Buffer[] | undefined;

  constructor(client: Socket, database: Socket, passed: Set<string>, takeTrap: () => Trap | undefined) {
    this.#client = client;
    this.#database = database;
    this.#passed = passed;
    this.#takeTrap = takeTrap;
    const asked = createMessageCutter("client");
    const answered = createMessageCutter("database");
    client.on("data", (chunk) => {
      for (const message of asked(chunk)) this.#ask(message);
    });
    database.on("data", (chunk) => {
      for (const message of answered(chunk)) this.#answer(message);
    });
  }

  #ask(message: PostgresMessage): void {
    if (this.#heldRequest !== undefined) {
      this.#heldRequest.push(message);
      return;
    }
    if (chargesIn(message).length > 0) this.#trap = this.#takeTrap();
    if (this.#trap?.moment === "before-charge") {
      this.#heldRequest = [message];
      this.#spring();
      return;
    }
    if (this.#trap !== undefined) this.#heldAnswer ??= [];
    this.#pass(message);
    if (message.type === "S" && this.#trap?.moment === "during-commit") this.#spring();
  }

  #pass(message: PostgresMessage): void {
    for (const id of chargesIn(message)) this.#passed.add(id);
    this.#database.write(message.bytes);
  }

  #answer(message: PostgresMessage): void {
    this.#processId = readProcessId(message) ?? this.#processId;
    if (this.#heldAnswer === undefined) this.#client.write(message.bytes);
    else this.#heldAnswer.push(message.bytes);
    if (message.type === "Z" && this.#trap?.moment === "after-commit") this.#spring();
  }

  #spring(): void {
    const trap = this.#trap;
    this.#trap = undefined;
    trap?.caught({ processId: this.#processId, release: () => this.#release() });
  }

  #release(): void {
    const request = this.#heldRequest ?? [];
    const answer = this.#heldAnswer ?? [];
    this.#heldRequest = undefined;
    this.#heldAnswer = undefined;
    for (const message of request) this.#pass(message);
    for (const bytes of answer) this.#client.write(bytes);
  }
}

/** Starts a relay to the database at `url`. */
export async function startChargeRelay(url: string): Promise<ChargeRelay> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-charges-"));
  const passed = new Set<string>();
  const sockets = new Set<Socket>();
  let trap: Trap | undefined;
  const takeTrap = (): Trap | undefined => {
    const taken = trap;
    trap = undefined;
    return taken;
  };
  const server = createServer((client) => {
    const database = dialDatabase(new URL(url));
    joinSockets(sockets, client, database);
    return new RelayedConnection(client, database, passed, takeTrap);
  });
  await new Promise<void>((resolve) => void server.listen(socketPath(directory), resolve));

  return {
    url: urlBy(url, directory),
    passed,
    catchCharge: (moment) =>
      new Promise((resolve) => {
        trap = { moment, caught: resolve };
      }),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
