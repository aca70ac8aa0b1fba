// How a cost comes about: each count times its price, exact, and rounded up once at the end (docs/accounting.md).
import { formatMicroUsdc, formatNanoUsdc, formatPicoUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { owedFor } from "@aimo-network/protocol/receipt-cost";
import type { FreeReason } from "@aimo-network/protocol/receipt-cost";

/** One factor of the cost. */
export interface CostLine {
  readonly what: string;
  readonly count: number;
  /** A decimal text of USDC, and what it is for. */
  readonly price: string;
  readonly per: "million tokens" | "image" | "request";
  /** A decimal text of USDC, all digits. */
  readonly amount: string;
}

/** A cost and its factors; decimal texts of USDC. */
export interface CostAccount {
  readonly lines: readonly CostLine[];
  /** Before it is rounded up. */
  readonly sum: string;
  /** Rounded up to the ledger's unit; nothing where the answer is free. */
  readonly owed: string;
  readonly charged: string;
  readonly free: FreeReason | undefined;
  /** Less was charged than is owed: what was locked, or left, did not suffice. */
  readonly isPartly: boolean;
}

const PICO_PER_MICRO = 1_000_000n;

interface Factor {
  readonly what: string;
  readonly count: number;
  readonly price: MicroUsdc | undefined;
  readonly per: CostLine["per"];
}

function factorsOf({ price, promptTokens, completionTokens, cachedTokens, imageCount }: Receipt): Factor[] {
  const hasCachePrice = price.inputCacheRead !== undefined;
  const uncached = hasCachePrice ? promptTokens - cachedTokens : promptTokens;
  return [
    { what: "Prompt tokens", count: uncached, price: price.prompt, per: "million tokens" },
    ...(hasCachePrice
      ? [
          {
            what: "Cached prompt tokens",
            count: cachedTokens,
            price: price.inputCacheRead,
            per: "million tokens",
          } as const,
        ]
      : []),
    { what: "Completion tokens", count: completionTokens, price: price.completion, per: "million tokens" },
    { what: "Images", count: imageCount, price: price.image, per: "image" },
    { what: "Request", count: 1, price: price.request, per: "request" },
  ];
}

/** How the cost of a receipt comes about. */
export function costAccount(receipt: Receipt): CostAccount {
  let sum = 0n;
  const lines = factorsOf(receipt).flatMap(({ what, count, price, per }): CostLine[] => {
    if (price === undefined || (price === 0n && per !== "million tokens") || count === 0) return [];
    // A price per million tokens in micro-USDC is one per token in pico-USDC.
    const pico = BigInt(count) * price * (per === "million tokens" ? 1n : PICO_PER_MICRO);
    sum += pico;
    return [{ what, count, price: formatMicroUsdc(price), per, amount: formatPicoUsdc(pico) }];
  });
  const { nano, free } = owedFor(receipt);
  return {
    lines,
    sum: formatPicoUsdc(sum),
    owed: formatNanoUsdc(nanoUsdc(nano)),
    charged: formatNanoUsdc(receipt.cost),
    free,
    isPartly: receipt.cost < nano,
  };
}
