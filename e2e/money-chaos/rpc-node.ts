// A node of the chain as one instance reaches it: it has faults of its own, and can be stopped in the middle of a call.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import { SETTLE_BATCH_DISCRIMINATOR } from "@aimo-network/escrow/generated/instructions/settleBatch";
import { WITHDRAW_PROVIDER_DISCRIMINATOR } from "@aimo-network/escrow/generated/instructions/withdrawProvider";
import { WITHDRAW_USER_DISCRIMINATOR } from "@aimo-network/escrow/generated/instructions/withdrawUser";
import type { Chain } from "@aimo-network/localnet/chain/chain";
import { ChainCalls } from "@aimo-network/localnet/chain/chain-calls";
import { ChainJournal, readJournal } from "@aimo-network/localnet/chain/chain-journal";
import { ChainMemory } from "@aimo-network/localnet/chain/chain-memory";
import type { ChainFaults } from "@aimo-network/localnet/chain/faults";
import { HOST, openRpcDoor } from "@aimo-network/localnet/chain/rpc-door";
import type { RpcRequest } from "@aimo-network/localnet/chain/rpc-request";
import { readTransaction } from "@aimo-network/localnet/chain/touched-accounts";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { systemClock } from "@aimo-network/protocol/clock";
import type { PointWatch } from "./point-watch.ts";
import type { Step } from "./points.ts";

/** A node that runs. */
export interface RpcNode {
  readonly url: string;
  readonly wsUrl: string;
  setFaults(faults: ChainFaults): void;
  /** Resolves when it is sent the next transaction. */
  nextSending(): Promise<void>;
  close(): Promise<void>;
}

/** Whose node it is, and who watches it. */
export interface RpcNodeDeps {
  readonly chain: Chain;
  readonly watch: PointWatch;
  readonly instance: number;
}

const WITHDRAWALS: readonly (number | undefined)[] = [WITHDRAW_USER_DISCRIMINATOR, WITHDRAW_PROVIDER_DISCRIMINATOR];

/** What a transaction does that is sent: undefined for anything but what is watched. */
function sentStep(wire: string): "batch-sent" | "withdrawal-sent" | undefined {
  const transaction = readWireTransaction(Buffer.from(wire, "base64"));
  if ("reason" in transaction) return undefined;
  const numbers = transaction.instructions
    .filter(({ programAddress }) => programAddress === AIMO_ESCROW_PROGRAM_ADDRESS)
    .map(({ data }) => data[0]);
  if (numbers.includes(SETTLE_BATCH_DISCRIMINATOR)) return "batch-sent";
  return numbers.some((number) => WITHDRAWALS.includes(number)) ? "withdrawal-sent" : undefined;
}

class WatchedCalls extends ChainCalls {
  readonly #watch: PointWatch;
  readonly #instance: number;
  sending = Promise.withResolvers<void>();

  constructor(url: string, memory: ChainMemory, { watch, instance }: RpcNodeDeps) {
    super(url, memory, systemClock);
    [this.#watch, this.#instance] = [watch, instance];
  }

  override async answer(request: RpcRequest): Promise<string> {
    const step = this.#stepOf(request);
    if (request.method === "sendTransaction") {
      this.sending.resolve();
      this.sending = Promise.withResolvers<void>();
    }
    if (this.#watch.isAwaited(step, "before")) await this.#hold();
    const isAwaited = this.#watch.isAwaited(step, "after");
    const text = await super.answer(request);
    if (isAwaited && this.#watch.isAwaited(step, "after") && this.#tells(request, text)) await this.#hold();
    return text;
  }

  /** Whether an answer has what its step is about: a scan may have read the program before there was anything to see. */
  #tells({ method }: RpcRequest, text: string): boolean {
    const { accounts } = this.#watch;
    if (method === "getProgramAccounts") return [...accounts].some((account) => text.includes(account));
    return hasResult(text);
  }

  #stepOf({ method, params: [first] }: RpcRequest): Step | undefined {
    const { signatures, accounts } = this.#watch;
    const names = Array.isArray(first) ? (first as unknown[]) : [first];
    switch (method) {
      case "sendTransaction": {
        const wire = String(first);
        const step = sentStep(wire);
        const signature = readTransaction(wire)?.signature;
        if (step === "batch-sent" && signature !== undefined) signatures.add(signature);
        return step;
      }
      case "getSignatureStatuses":
        return names.some((name) => signatures.has(String(name))) ? "statuses-read" : undefined;
      case "getTransaction":
        return signatures.has(String(first)) ? "log-read" : undefined;
      case "getMultipleAccounts":
        return names.some((name) => accounts.has(String(name))) ? "accounts-read" : undefined;
      case "getProgramAccounts":
        return "accounts-read";
      default:
        return undefined;
    }
  }

  #hold(): Promise<void> {
    return new Promise((release, drop) => {
      const lost = (): void => drop(new Error("the node's connection broke"));
      this.#watch.spring({ instance: this.#instance, release, drop: lost });
    });
  }
}

/** Whether a node had something to say: an unknown transaction is an answer too, but none that anybody waits for. */
function hasResult(text: string): boolean {
  const { result } = JSON.parse(text) as { result?: unknown };
  return result !== undefined && result !== null;
}

/** Starts a node. */
export async function startRpcNode(deps: RpcNodeDeps): Promise<RpcNode> {
  const { chain } = deps;
  const directory = mkdtempSync(join(tmpdir(), "aimo-node-"));
  const path = join(directory, "journal.jsonl");
  const journal = ChainJournal.open(path, readJournal(path));
  const calls = new WatchedCalls(chain.rpcUrl, new ChainMemory(chain.rpcUrl, journal, systemClock, new Set()), deps);
  const door = await openRpcDoor(await findFreePort(0, HOST, 2), calls, chain.wsUrl);
  return {
    url: door.rpcUrl,
    wsUrl: door.wsUrl,
    setFaults(faults) {
      calls.faults = faults;
    },
    nextSending: () => calls.sending.promise,
    async close() {
      await door.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
