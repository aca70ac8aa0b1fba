// Amounts of the books in words, those below nothing included.
import { formatPicoUsdc } from "@aimo-network/protocol/money";

/** Nano-USDC as USDC, with all digits. */
export function nanoWords(nano: bigint): string {
  return nano < 0n ? `-${nanoWords(-nano)}` : `${formatPicoUsdc(nano * 1000n)} USDC`;
}
