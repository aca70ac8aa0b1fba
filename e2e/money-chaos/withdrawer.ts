// Somebody who takes money out: asks the router, signs, hands in or sends it, and starts over when it came too late.
import { base58 } from "@scure/base";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import { withdrawalMessage } from "@aimo-network/protocol/keys/money-intent";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import {
  getBase64EncodedWireTransaction,
  getBase64Encoder,
  getTransactionDecoder,
  partiallySignTransactionWithSigners,
} from "@solana/kit";
import type { Base64EncodedWireTransaction } from "@solana/kit";
import type { MoneyNetwork } from "./money-network.ts";

/** How an owner goes on: by the router, past it, past it in the last moment, or not at all. */
export type WithdrawalWay = "submits" | "sends" | "sends-late" | "never";

/** A withdrawal of a run. */
export interface PlannedWithdrawal {
  readonly way: WithdrawalWay;
  /** Of what is there. */
  readonly percent: number;
}

/** A withdrawal as the router tells of it. */
interface ToldWithdrawal {
  readonly id: string;
  readonly state: string;
  readonly transaction: string | null;
}

const PATIENCE_MS = 60_000; // on a busy machine several come too late
const AGAIN_MS = 60;
const SUBMIT_AGAIN_MS = 600;
const LATE_SLOTS = 110; // of the 150 that a transaction may land in
const PATHS: Readonly<Record<MoneyParty, { readonly ask: string; readonly submit: string }>> = {
  user: { ask: "/account/withdraw", submit: "/account/withdrawals" },
  provider: { ask: "/provider/withdrawals", submit: "/provider/withdrawals" },
};
const FREE: Readonly<Record<MoneyParty, string>> = {
  user: "SELECT available AS free FROM users JOIN wallets w USING (id) WHERE w.address = $1",
  provider: "SELECT claimable AS free FROM providers JOIN wallets w USING (id) WHERE w.address = $1",
};

/** An owner's way out. */
export class Withdrawer {
  readonly party: MoneyParty;
  /** Everything that both have signed: none of it may land once its withdrawal has expired. */
  readonly wires = new Set<Base64EncodedWireTransaction>();
  /** What the router said last, for whoever asks why nothing came of it. */
  said = "";
  readonly #network: MoneyNetwork;
  readonly #wallet: Wallet;
  readonly #liveUrl: () => Promise<string>;

  constructor(network: MoneyNetwork, party: MoneyParty, wallet: Wallet, liveUrl: () => Promise<string>) {
    [this.#network, this.party, this.#wallet, this.#liveUrl] = [network, party, wallet, liveUrl];
  }

  /** Withdraws; resolves when it has, or when what it never handed in has been given back. */
  async withdraw({ way, percent }: PlannedWithdrawal): Promise<void> {
    const [row] = await this.#network.database.query<{ free: bigint }>(FREE[this.party], [this.#wallet.publicKey]);
    const amount = microUsdc(((row?.free ?? 0n) * BigInt(percent)) / 100_000n);
    if (amount === 0n) return;
    const dueMs = systemClock.monotonic() + PATIENCE_MS;
    while (systemClock.monotonic() < dueMs) {
      const intent = await this.#intent(amount);
      const outcome = await this.#once(intent, way, dueMs);
      if (outcome === "confirmed" || way === "never") return;
    }
    throw new Error(`no withdrawal by a ${this.party} that ${way} within ${PATIENCE_MS} ms: ${this.said}`);
  }

  async #intent(amount: MicroUsdc): Promise<Readonly<Record<string, string>>> {
    const dateMs = systemClock.now();
    const { routerId } = this.#network;
    const text = withdrawalMessage({ party: this.party, amount, destination: undefined, routerId, dateMs });
    return {
      amount: formatMicroUsdc(amount),
      wallet: base58.encode(this.#wallet.publicKey),
      date: new Date(dateMs).toISOString(),
      signature: base58.encode(await this.#wallet.sign(Buffer.from(text))),
    };
  }

  /** One withdrawal from its request to its end. */
  async #once(intent: Readonly<Record<string, string>>, way: WithdrawalWay, dueMs: number): Promise<string> {
    let acted = false;
    let submittedMs = -Infinity;
    while (systemClock.monotonic() < dueMs) {
      const told = await this.#call(PATHS[this.party].ask, intent);
      if (told === undefined || told.transaction === null) {
        await sleep(systemClock, AGAIN_MS);
        continue;
      }
      const wire = await this.#sign(told.transaction);
      if (way === "sends-late" && !acted) await sleep(systemClock, LATE_SLOTS * this.#network.shape.slotMs);
      if (way.startsWith("sends") && !acted) await this.send(wire);
      acted = true;
      while (systemClock.monotonic() < dueMs) {
        const state = await this.#state(told.id);
        if (state === "expired") await this.send(wire); // what it held is free again: now it must not land
        if (state === "confirmed" || state === "expired") return state;
        if (way === "submits" && systemClock.monotonic() > submittedMs + SUBMIT_AGAIN_MS) {
          submittedMs = systemClock.monotonic();
          await this.#call(`${PATHS[this.party].submit}/${told.id}/submit`, { transaction: wire });
        }
        await sleep(systemClock, AGAIN_MS);
      }
    }
    return "late";
  }

  async #sign(transaction: string): Promise<Base64EncodedWireTransaction> {
    const decoded = getTransactionDecoder().decode(getBase64Encoder().encode(transaction));
    const signed = await partiallySignTransactionWithSigners([walletSigner(this.#wallet)], decoded);
    const wire = getBase64EncodedWireTransaction(signed);
    this.wires.add(wire);
    return wire;
  }

  /** Sends past the router. */
  async send(wire: Base64EncodedWireTransaction): Promise<void> {
    const { rpc } = this.#network.world.faucetChain;
    await rpc
      .sendTransaction(wire, { encoding: "base64", skipPreflight: true })
      .send()
      .catch(() => undefined); // refused: it is late
  }

  async #state(id: string): Promise<string | undefined> {
    const text = "SELECT state FROM withdrawals WHERE id = $1";
    return (await this.#network.database.query<{ state: string }>(text, [id]))[0]?.state;
  }

  async #call(path: string, body: Readonly<Record<string, string>>): Promise<ToldWithdrawal | undefined> {
    try {
      const response = await fetch(`${await this.#liveUrl()}/api/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      this.said = await response.text();
      return response.ok ? (JSON.parse(this.said) as { data: ToldWithdrawal }).data : undefined;
    } catch (error) {
      this.said = String(error); // its router was killed
      return undefined;
    }
  }
}
