// The on-chain directory of routers as a list of rows.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { durationWords, feeWords } from "./duration-words.ts";

/** What the directory has of a router; amounts in micro-USDC, durations in seconds. */
export interface DirectoryRouter {
  readonly address: string;
  readonly data: {
    readonly routerId: string;
    readonly url: string;
    readonly mint: string;
    readonly batchCount: bigint;
    readonly totalUser: bigint;
    readonly params: {
      readonly feeBps: bigint;
      readonly minDeposit: bigint;
      readonly userExitDelay: bigint;
      readonly providerExitDelay: bigint;
    };
  };
}

/** One router in words. */
export interface DirectoryRow {
  readonly config: string;
  readonly routerId: string;
  readonly url: string;
  /** Where a browser may go; undefined for anything but http and https. */
  readonly href: string | undefined;
  readonly fee: string;
  readonly minDeposit: string;
  readonly userExit: string;
  readonly providerExit: string;
  /** Decimal in USDC. */
  readonly usersHave: string;
  readonly batches: bigint;
  readonly isThis: boolean;
  /** Whether it takes another token than this router. */
  readonly hasOtherMint: boolean;
}

/** A URL of somebody else's as a link, where it is one for a browser and hides no name in it. */
export function safeHref(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.username === "" && url.password === "" ? url.href : undefined;
}

/** The rows: this router first, and the others in the order they come. */
export function directoryRows(
  routers: readonly DirectoryRouter[],
  own: { readonly config: string; readonly mint: string },
): readonly DirectoryRow[] {
  const rows = routers.map(({ address, data: { routerId, url, mint, batchCount, totalUser, params } }) => ({
    config: address,
    routerId,
    url,
    href: safeHref(url),
    fee: feeWords(params.feeBps),
    minDeposit: formatMicroUsdc(microUsdc(params.minDeposit)),
    userExit: durationWords(params.userExitDelay),
    providerExit: durationWords(params.providerExitDelay),
    usersHave: formatMicroUsdc(microUsdc(totalUser)),
    batches: batchCount,
    isThis: address === own.config,
    hasOtherMint: mint !== own.mint,
  }));
  return [...rows.filter(({ isThis }) => isThis), ...rows.filter(({ isThis }) => !isThis)];
}
