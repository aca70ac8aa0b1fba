// What a withdrawal costs the wallet on the chain, as far as it can be said before the transaction is there.

const SIGNATURE_LAMPORTS = 5_000n;
const SIGNATURES = 2n; // the router's and the wallet's
const TOKEN_ACCOUNT_LAMPORTS = 2_039_280n; // rent of a token account, which is given back when it is closed
const SOL_PLACES = 9;

/** About how many lamports a withdrawal takes; the first one may open the wallet's USDC account. */
export function withdrawalLamports(opensAccount: boolean): bigint {
  return SIGNATURES * SIGNATURE_LAMPORTS + (opensAccount ? TOKEN_ACCOUNT_LAMPORTS : 0n);
}

/** Lamports as SOL, with as many decimals as they need. */
export function solText(lamports: bigint): string {
  const digits = lamports.toString().padStart(SOL_PLACES + 1, "0");
  const fraction = digits.slice(-SOL_PLACES).replace(/0+$/, "");
  const whole = digits.slice(0, -SOL_PLACES);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
