// An instance's way to PostgreSQL, on which it can be stopped at a step, before or after the step's commit.
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dialDatabase, socketPath, urlBy } from "aimo-router/src/test-bed/database-relay.ts";
import type { PostgresMessage } from "../crash/postgres-messages.ts";
import { createMessageCutter, readBind } from "../crash/postgres-messages.ts";
import type { LedgerSteps, SeenStep } from "./ledger-steps.ts";
import type { PointWatch } from "./point-watch.ts";
import { readFirstColumn, readParse, readTag } from "./postgres-answers.ts";

/** A running relay. */
export interface LedgerRelay {
  /** The database, by way of this relay. */
  readonly url: string;
  /** Breaks every connection but the one that is stopped. */
  sever(): void;
  close(): void;
}

/** What relays of one network have in common, and whose this one is. */
export interface LedgerRelayDeps {
  readonly watch: PointWatch;
  readonly steps: LedgerSteps;
  readonly instance: number;
}

/** A statement that is under way. */
interface Running extends SeenStep {
  column: string | undefined;
  tag: string;
}

/** One connection, message by message. */
class WatchedConnection {
  readonly #client: Socket;
  readonly #database: Socket;
  readonly #deps: LedgerRelayDeps;
  readonly #texts = new Map<string, string>();
  #running: Running | undefined;
  #heldRequest: PostgresMessage[] | undefined;
  #heldAnswer: Buffer[] | undefined;

  constructor(client: Socket, database: Socket, deps: LedgerRelayDeps) {
    [this.#client, this.#database, this.#deps] = [client, database, deps];
    const asked = createMessageCutter("client");
    const answered = createMessageCutter("database");
    client.on("data", (chunk) => {
      for (const message of asked(chunk)) this.#ask(message);
    });
    database.on("data", (chunk) => {
      for (const message of answered(chunk)) this.#answer(message);
    });
    client.on("error", () => undefined); // its close ends the other side
    database.on("error", () => undefined);
    // What is held on the way to PostgreSQL outlives its sender, as a packet does.
    client.on("close", () => void (this.#heldRequest === undefined && database.destroy()));
    database.on("close", () => client.destroy());
  }

  /** Ends at once, unless something is held here. */
  sever(): void {
    if (this.#heldRequest !== undefined || this.#heldAnswer !== undefined) return;
    this.#client.destroy();
    this.#database.destroy();
  }

  #ask(message: PostgresMessage): void {
    const parsed = readParse(message);
    if (parsed !== undefined) this.#texts.set(parsed.name, parsed.text);
    if (this.#heldRequest !== undefined) {
      this.#heldRequest.push(message);
      return;
    }
    const bound = readBind(message);
    if (bound !== undefined) {
      const { watch, steps } = this.#deps;
      const seen = steps.of(this.#texts.get(bound.statement) ?? "", bound);
      this.#running = seen && { ...seen, column: undefined, tag: "" };
      if (watch.isAwaited(seen?.step, "before")) {
        this.#heldRequest = [message];
        return this.#spring();
      }
      if (watch.isBraked(seen?.step)) {
        this.#heldRequest = [message];
        void watch.unbraked(seen?.step).then(() => this.#release());
        return;
      }
      if (watch.isAwaited(seen?.step, "after")) this.#heldAnswer = [];
    }
    this.#database.write(message.bytes);
  }

  #answer(message: PostgresMessage): void {
    const running = this.#running;
    if (running !== undefined) {
      if (message.type === "D") running.column ??= readFirstColumn(message);
      running.tag = readTag(message) ?? running.tag;
    }
    if (this.#heldAnswer === undefined) this.#client.write(message.bytes);
    else this.#heldAnswer.push(message.bytes);
    if (message.type !== "Z" || running === undefined) return;
    this.#running = undefined;
    const hadEffect = running.hasEffect(running.column, running.tag);
    if (hadEffect) running.done();
    if (this.#heldAnswer === undefined) return;
    if (hadEffect && this.#deps.watch.isAwaited(running.step, "after")) this.#spring();
    else this.#release();
  }

  #spring(): void {
    const { watch, instance } = this.#deps;
    watch.spring({ instance, release: () => this.#release(), drop: () => this.#drop() });
  }

  #release(): void {
    const [request = [], answer = []] = [this.#heldRequest, this.#heldAnswer];
    [this.#heldRequest, this.#heldAnswer] = [undefined, undefined];
    for (const { bytes } of request) this.#database.write(bytes);
    for (const bytes of answer) this.#client.write(bytes);
    if (this.#client.destroyed) this.#database.end(); // PostgreSQL does what it was asked for, and hears no more
  }

  #drop(): void {
    [this.#heldRequest, this.#heldAnswer] = [undefined, undefined];
    this.#client.destroy();
    this.#database.destroy();
  }
}

/** Starts a relay to the database at `url`. */
export async function startLedgerRelay(url: string, deps: LedgerRelayDeps): Promise<LedgerRelay> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-ledger-"));
  const sockets = new Set<Socket>();
  const connections = new Set<WatchedConnection>();
  const server = createServer((client) => {
    const database = dialDatabase(new URL(url));
    const connection = new WatchedConnection(client, database, deps);
    connections.add(connection);
    database.on("close", () => connections.delete(connection));
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => void server.listen(socketPath(directory), resolve));
  return {
    url: urlBy(url, directory),
    sever() {
      for (const connection of connections) connection.sever();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
