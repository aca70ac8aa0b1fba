// A payer at a router under test: a wallet with so much money, its key, and what the books say of both.
import { setImmediate } from "node:timers/promises";
import type { IncomingMessage } from "node:http";
import { request as ask } from "node:http";
import { once } from "node:events";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import { addressOf } from "./test-keys.ts";
import type { TestRouter } from "./test-router.ts";
import { newWallet } from "./new-wallet.ts";

/** What the flags of a generation mean. */
export const FLAGS = RECEIPT_FLAGS;

/** What a wallet has, in nano-USDC. */
export interface Balances {
  readonly available: bigint;
  readonly locked: bigint;
  readonly payable: bigint;
}

/** An answered request as the books have it. */
export interface BookedGeneration {
  readonly cost: bigint;
  /** Bits of `FLAGS`. */
  readonly flags: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
}

/** A wallet that pays. */
export interface PayerDesk {
  readonly wallet: string;
  readonly key: string;
  balances(): Promise<Balances>;
  /** Its balances as soon as nothing is locked any more. */
  settled(): Promise<Balances>;
  /** Its answered requests, in the order of their admission. */
  generations(): Promise<readonly BookedGeneration[]>;
  /** Asks on a connection of its own; resolves with the answer's head, the rest to be read, left or cut. */
  open(body: object | string, headers?: Readonly<Record<string, string>>): Promise<IncomingMessage>;
}

const BALANCES = `SELECT u.available, u.locked, u.payable FROM users u JOIN wallets w ON w.id = u.id
  WHERE w.address = decode($1, 'hex')`;
const GENERATIONS = `SELECT g.cost, g.flags, g.prompt_tokens, g.completion_tokens, g.cached_tokens, g.reasoning_tokens
  FROM generations g JOIN wallets w ON w.id = g.user_id WHERE w.address = decode($1, 'hex') ORDER BY g.id`;

/** Makes one with so much USDC and no more. */
export async function openPayerDesk(
  router: TestRouter,
  usdc: string,
  content: Partial<KeyContentV2> = {},
): Promise<PayerDesk> {
  const wallet = newWallet();
  await router.fund(wallet, usdc);
  const key = await router.key(content, wallet);
  const address = Buffer.from(wallet.publicKey).toString("hex");
  const balances = async (): Promise<Balances> => {
    const [row] = await router.database.query<Balances>(BALANCES, [address]);
    return row ?? { available: 0n, locked: 0n, payable: 0n };
  };
  return {
    wallet: addressOf(wallet),
    key,
    balances,
    async settled() {
      for (;;) {
        const now = await balances();
        if (now.locked === 0n) return now;
        await setImmediate();
      }
    },
    generations: () => router.database.query<BookedGeneration>(GENERATIONS, [address]),
    async open(body, headers = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const asking = ask(`${router.url}/api/v1/chat/completions`, {
        method: "POST",
        agent: false,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
      });
      asking.on("error", () => undefined); // whoever cuts its connection knows
      asking.end(text);
      const [answer] = (await once(asking, "response")) as [IncomingMessage];
      answer.on("error", () => undefined);
      return answer;
    },
  };
}
