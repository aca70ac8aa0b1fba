// A user who pays: deposits on the chain, asks for answers, and remembers what it was told.
import { base58 } from "@scure/base";
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { MoneyNetwork } from "./money-network.ts";
import type { PaidProvider, Tokens } from "./paid-provider.ts";
import { wordsFor } from "./paid-provider.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

/** An answer that somebody has in full. */
export interface PaidAnswer {
  readonly provider: string;
  /** In nano-USDC. */
  readonly cost: bigint;
}

const TOKENS_MAX = 60; // more than an answer of the runs has
const FEES_LAMPORTS = 50_000_000n;

/** A user who pays, and what it was told of it. */
export class Payer {
  readonly wallet: Wallet = newWallet();
  readonly address = base58.encode(this.wallet.publicKey);
  readonly answers: PaidAnswer[] = [];
  readonly #network: MoneyNetwork;
  #key: Promise<string> | undefined;
  #isFunded = false;
  /** What it has deposited for certain. */
  deposited = microUsdc(0n);

  constructor(network: MoneyNetwork) {
    this.#network = network;
  }

  get key(): Promise<string> {
    return (this.#key ??= makeUserKey(systemClock, this.wallet, this.#network.routerId));
  }

  /** Deposits from a wallet of its own; resolves when the chain has it. */
  async deposit(amount: MicroUsdc): Promise<void> {
    const fees = this.#isFunded ? {} : { lamports: FEES_LAMPORTS };
    await this.#network.faucet.fund(this.wallet, { ...fees, usdc: amount, deposit: amount });
    this.#isFunded = true;
    this.deposited = microUsdc(this.deposited + amount);
  }

  /** Asks an instance; whether it has the whole answer. */
  async ask(url: string, provider: PaidProvider, tokens: Tokens): Promise<boolean> {
    try {
      const response = await fetch(`${url}/api/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${await this.key}`, "content-type": "application/json" },
        body: JSON.stringify({
          model: provider.model,
          max_tokens: TOKENS_MAX,
          messages: [{ role: "user", content: wordsFor(tokens) }],
        }),
      });
      const text = await response.text();
      const cost = /"cost":([0-9.]+)/.exec(text)?.[1];
      if (!response.ok || cost === undefined) return false;
      this.answers.push({ provider: provider.address, cost: parseNanoUsdc(cost) });
      return true;
    } catch {
      return false; // its router was killed
    }
  }
}
