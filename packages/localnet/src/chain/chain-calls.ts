// What the chain's door does with a call before the engine gets it, and after.
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { isAddress } from "@solana/kit";
import type { ChainMemory } from "./chain-memory.ts";
import type { ChainFaults } from "./faults.ts";
import { NO_FAULTS } from "./faults.ts";
import type { RpcRequest } from "./rpc-request.ts";
import { errorText, resultText } from "./rpc-request.ts";
import { readTransaction } from "./touched-accounts.ts";

const STALE_ANSWERS_MAX = 1_000;
const SIGNATURES_MAX = 10_000; // what faults need to remember; the oldest is forgotten first
const PREFLIGHT_FAILED = -32_002;
// Solana's own names.
const ALREADY_PROCESSED = {
  accounts: null,
  ["err"]: "AlreadyProcessed",
  logs: [],
  returnData: null,
  unitsConsumed: 0,
};
/** Calls that show nothing of what transactions did. */
const BLIND = new Set(["sendTransaction", "simulateTransaction", "getLatestBlockhash", "getVersion", "getHealth"]);

/** The account that gets something out of nothing by a call; SOL is its own, tokens lie in the owner's associated account. */
async function givenBy({ method, params: [owner, mint] }: RpcRequest): Promise<string | undefined> {
  if (typeof owner !== "string" || !isAddress(owner)) return undefined;
  if (method === "requestAirdrop") return owner;
  const isOfTokens = method === "surfnet_setTokenAccount" && typeof mint === "string" && isAddress(mint);
  return isOfTokens ? await associatedTokenAddress({ owner, mint }) : undefined;
}

/** The calls of one chain, with the faults that are in force. */
export class ChainCalls {
  faults: ChainFaults = NO_FAULTS;
  readonly #engineUrl: string;
  readonly #memory: ChainMemory;
  readonly #clock: Clock;
  readonly #stale = new Map<string, string>();
  readonly #sentMs = new Map<string, number>();
  readonly #vanishing = new Map<string, number>();

  constructor(engineUrl: string, memory: ChainMemory, clock: Clock) {
    this.#engineUrl = engineUrl;
    this.#memory = memory;
    this.#clock = clock;
  }

  /** Answers a call with the text of a JSON-RPC answer. */
  async answer(request: RpcRequest): Promise<string> {
    if (request.method === "sendTransaction") return this.#send(request);
    if (request.method === "getSignatureStatuses") return this.#statuses(request);
    if (this.faults.isStale !== true) this.#stale.clear();
    else return this.#staleAnswer(request);
    const answer = await this.#forward(request);
    const given = await givenBy(request);
    if (given !== undefined) this.#memory.noteGiven(given); // by now: before, what is written down would be as it was
    return answer;
  }

  async #forward(request: RpcRequest): Promise<string> {
    if (!BLIND.has(request.method)) await this.#memory.flush();
    const response = await fetch(this.#engineUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", ...request }),
    });
    return response.text();
  }

  async #staleAnswer(request: RpcRequest): Promise<string> {
    const key = JSON.stringify([request.method, request.params]);
    const known = this.#stale.get(key);
    if (known !== undefined) return known;
    const answer = await this.#forward(request);
    if (this.#stale.size < STALE_ANSWERS_MAX) this.#stale.set(key, answer);
    return answer;
  }

  async #send(request: RpcRequest): Promise<string> {
    const wire = asBase64(request);
    const transaction = wire === undefined ? undefined : readTransaction(wire);
    if (wire === undefined || transaction === undefined) return this.#forward(request); // the engine says what is wrong
    const { signature } = transaction;
    if (this.#memory.wasExecuted(signature)) {
      const words = "Transaction simulation failed: This transaction has already been processed";
      return errorText(request.id, PREFLIGHT_FAILED, words, ALREADY_PROCESSED);
    }
    remember(this.#sentMs, signature, this.#clock.monotonic());
    const { sending } = this.faults;
    if (sending === undefined) return this.#sendOn(request, wire);
    if (sending.kind === "late") this.#clock.timer(sending.ms, () => void this.#sendOn(request, wire).catch(() => ""));
    if (sending.kind === "vanish") remember(this.#vanishing, signature, this.#clock.monotonic() + sending.ms);
    return resultText(request, JSON.stringify(signature));
  }

  async #sendOn(request: RpcRequest, wire: string): Promise<string> {
    const answer = await this.#forward(request);
    const { error } = JSON.parse(answer) as { error?: { code: number; message: string; data?: unknown } };
    if (error === undefined) this.#memory.noteSent(wire);
    // The engine leaves out the data that Solana's nodes give, and clients read it.
    return error?.code === PREFLIGHT_FAILED && error.data === undefined
      ? errorText(request.id, PREFLIGHT_FAILED, error.message, ALREADY_PROCESSED)
      : answer;
  }

  async #statuses(request: RpcRequest): Promise<string> {
    const answer = await this.#forward(request);
    const signatures = Array.isArray(request.params[0]) ? (request.params[0] as unknown[]) : [];
    const { unconfirmedMs = 0 } = this.faults;
    if (unconfirmedMs === 0 && this.#vanishing.size === 0) return answer;
    const parsed = JSON.parse(answer) as { result?: { context: unknown; value: unknown[] } };
    if (parsed.result === undefined) return answer;
    const nowMs = this.#clock.monotonic();
    const value = parsed.result.value.map((status, index) => {
      const signature = String(signatures[index]);
      if (nowMs < (this.#sentMs.get(signature) ?? -Infinity) + unconfirmedMs) return null;
      return nowMs < (this.#vanishing.get(signature) ?? 0) ? PROCESSED : status;
    });
    return resultText(request, JSON.stringify({ ...parsed.result, value }));
  }

  /** Waits as long as a slow chain takes. */
  async dawdle(): Promise<void> {
    if (this.faults.slowMs !== undefined) await sleep(this.#clock, this.faults.slowMs);
  }
}

const PROCESSED = { slot: 0, confirmations: 0, ["err"]: null, confirmationStatus: "processed", status: { Ok: null } };

function remember(map: Map<string, number>, signature: string, value: number): void {
  map.set(signature, value);
  const [oldest] = map.keys();
  if (map.size > SIGNATURES_MAX && oldest !== undefined) map.delete(oldest);
}

/** The transaction of a call as base64, which every client of today sends; base58 is the method's old default. */
function asBase64({ params }: RpcRequest): string | undefined {
  const [wire, options] = params;
  const isBase64 =
    typeof options === "object" && options !== null && "encoding" in options && options.encoding === "base64";
  return typeof wire === "string" && isBase64 ? wire : undefined;
}
