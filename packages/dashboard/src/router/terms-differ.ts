// Where a router says something else of its terms than its account on the chain.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { ChainReading, Terms } from "./chain-reading.ts";
import { durationWords, feeWords } from "./duration-words.ts";
import type { RouterFacts } from "./router-query.ts";

/** What a router says of its terms; amounts are decimals in USDC, delays seconds. */
export type SaidTerms = Omit<NonNullable<RouterFacts["chain"]>, "commitment" | "network" | "public_rpc_url">;

/** One of the terms in words. */
export interface TermRow {
  readonly name: string;
  readonly hint: string;
  /** As the chain has it; as the router says it where the chain was not read. */
  readonly words: string;
  /** What the router says, where that is something else. */
  readonly said: string | undefined;
}

const usdc = (amount: bigint): string => `${formatMicroUsdc(microUsdc(amount))} USDC`;

interface Term {
  readonly name: string;
  readonly hint: string;
  readonly onChain: (terms: Terms) => string;
  readonly said: (terms: SaidTerms) => string;
}

const TERMS: readonly Term[] = [
  {
    name: "Fee",
    hint: "the router's part of what providers earn",
    onChain: ({ feeBps }) => feeWords(feeBps),
    said: ({ fee_bps: bps }) => feeWords(BigInt(bps)),
  },
  {
    name: "Least deposit",
    hint: "below it nothing is taken",
    onChain: ({ minDeposit }) => usdc(minDeposit),
    said: ({ min_deposit: least }) => `${least} USDC`,
  },
  {
    name: "Leaving, as a user",
    hint: "after it your money is yours without the router",
    onChain: ({ userExitDelay }) => durationWords(userExitDelay),
    said: ({ user_exit_delay: seconds }) => durationWords(BigInt(seconds)),
  },
  {
    name: "Leaving, as a provider",
    hint: "after it your earnings are yours without the router",
    onChain: ({ providerExitDelay }) => durationWords(providerExitDelay),
    said: ({ provider_exit_delay: seconds }) => durationWords(BigInt(seconds)),
  },
  {
    name: "Allowance notice",
    hint: "a lower allowance is in force after it",
    onChain: ({ allowanceNotice }) => durationWords(allowanceNotice),
    said: ({ allowance_notice: seconds }) => durationWords(BigInt(seconds)),
  },
];

/** The terms; the chain's count, and what the router says otherwise is told. */
export function termRows(terms: Terms | undefined, said: SaidTerms): readonly TermRow[] {
  return TERMS.map(({ name, hint, onChain, said: saidOf }) => {
    const words = terms === undefined ? saidOf(said) : onChain(terms);
    return { name, hint, words, said: words === saidOf(said) ? undefined : saidOf(said) };
  });
}

/** Terms that are announced and differ from those in force, in words. */
export function announcedRows(terms: Terms, pending: Terms): readonly TermRow[] {
  return TERMS.flatMap(({ name, hint, onChain }) => {
    const words = onChain(pending);
    return words === onChain(terms) ? [] : [{ name, hint, words, said: undefined }];
  });
}

/** The addresses that the browser has derived or read. */
export type ReadPlace = Pick<ChainReading, "programId" | "config" | "vault" | "mint">;

/** One of the router's addresses. */
export interface PlaceRow {
  readonly name: string;
  readonly address: string;
  /** What the router says, where that is another. */
  readonly said: string | undefined;
}

/** The addresses: derived and read by the browser where it could, as said where not. */
export function placeRows(reading: ReadPlace | undefined, said: SaidTerms): readonly PlaceRow[] {
  const rows = [
    ["Program", reading?.programId, said.program_id],
    ["Config", reading?.config, said.config],
    ["Vault", reading?.vault, said.vault],
    ["Mint", reading?.mint, said.mint],
  ] as const;
  return rows.map(([name, found, other]) => ({
    name,
    address: found ?? other,
    said: found === undefined || found === other ? undefined : other,
  }));
}
