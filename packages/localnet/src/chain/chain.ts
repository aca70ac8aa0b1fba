// A Solana on this machine that remembers: the engine, what earlier processes left, and the door.
import { join } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import { ChainCalls } from "./chain-calls.ts";
import type { ChainState } from "./chain-journal.ts";
import { ChainJournal, readJournal } from "./chain-journal.ts";
import { ChainMemory } from "./chain-memory.ts";
import type { ChainFaults } from "./faults.ts";
import { callRpc } from "./rpc-call.ts";
import { openRpcDoor } from "./rpc-door.ts";
import { SLOT_MS, startEngine } from "./surfpool.ts";

/** What kind of chain. */
export interface ChainOptions {
  /** Where HTTP listens on 127.0.0.1; WebSockets are one port higher. */
  readonly port: number;
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Shorter slots make deadlines that are counted in slots come sooner. */
  readonly slotMs?: number;
  /** What runs there from the first slot on; programs are the one thing that the chain does not remember. */
  readonly programs?: readonly ChainProgram[];
}

/** A program that no transaction deployed. */
export interface ChainProgram {
  readonly address: string;
  /** The file that the compiler wrote. */
  readonly path: string;
}

/** A running chain. */
export interface Chain {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  setFaults(faults: ChainFaults): void;
  /** Puts an account there without a transaction, as a genesis would. */
  plant(address: string, account: PlantedAccount): Promise<void>;
  close(): Promise<void>;
}

/** An account that no transaction made. */
export interface PlantedAccount {
  readonly lamports: bigint;
  readonly owner: string;
  readonly data: Uint8Array;
}

const JOURNAL = "journal.jsonl";
const DRAIN_MS = 50; // between two looks at what the engine has to tell: a busy one has some hundred events in it
const SLOT_NOTE_MS = 1_000; // after a crash the chain goes on from the slot noted last, or a little before what was seen
const SLOTS_SKIPPED = 100; // and a little is less than this

async function plantAt(url: string, address: string, owner: string, lamports: string, hex: string): Promise<void> {
  await callRpc(url, "surfnet_setAccount", [address, { lamports: Number(lamports), owner, data: hex }]);
}

async function restore(url: string, state: ChainState): Promise<void> {
  for (const [address, { owner, lamports, data }] of state.accounts) {
    await plantAt(url, address, owner, lamports, Buffer.from(data, "base64").toString("hex"));
  }
}

/** Starts a chain, or goes on with the one in the directory. */
export async function startChain(options: ChainOptions): Promise<Chain> {
  const { port, dataDirectory, clock, slotMs = SLOT_MS, programs = [] } = options;
  const path = join(dataDirectory, JOURNAL);
  const state = readJournal(path);
  const engine = startEngine(slotMs);
  if (state.slot > 0) engine.travelToSlot(state.slot + SLOTS_SKIPPED);
  for (const { address, path: file } of programs) engine.deploy(address, file);
  const drainTimer = clock.timer(DRAIN_MS, () => {
    engine.drain();
    drainTimer.refresh();
  });
  await restore(engine.rpcUrl, state);
  const journal = ChainJournal.open(path, state);
  const memory = new ChainMemory(engine.rpcUrl, journal, clock, state.signatures);
  const calls = new ChainCalls(engine.rpcUrl, memory, clock);
  const door = await openRpcDoor(port, calls, engine.wsUrl);
  const noteSlot = async (): Promise<void> => {
    const slot = await callRpc<number>(engine.rpcUrl, "getSlot", [{ commitment: "processed" }]);
    journal.write([{ slot }]);
  };
  const slotTimer = clock.timer(SLOT_NOTE_MS, () => {
    void noteSlot().finally(() => slotTimer.refresh());
  });
  const shut = async (): Promise<void> => {
    slotTimer.cancel();
    await door.close();
    await memory.flush();
    await noteSlot();
    drainTimer.cancel();
    engine.stop();
  };
  let closing: Promise<void> | undefined;
  return {
    rpcUrl: door.rpcUrl,
    wsUrl: door.wsUrl,
    setFaults(faults) {
      calls.faults = faults;
    },
    async plant(address, { lamports, owner, data }) {
      await plantAt(engine.rpcUrl, address, owner, String(lamports), Buffer.from(data).toString("hex"));
      memory.noteGiven(address);
      await memory.flush();
    },
    close: () => (closing ??= shut()),
  };
}
