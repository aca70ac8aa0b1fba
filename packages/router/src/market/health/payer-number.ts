// A number that stands for a payer in the books of health: the same in every instance, and short.

const LOW_START = 0x9e37_79b9;
const HIGH_START = 0x85eb_ca6b;
const LOW_PRIME = 0x0100_0193;
const HIGH_PRIME = 0xc2b2_ae35;
const HIGH_BITS = 20; // with the low 32 together 52, which a floating-point number holds exactly

/** Of a wallet; never 0. Two wallets of one number would only share what is known of one offer. */
export function payerNumber(wallet: string): number {
  let low = LOW_START;
  let high = HIGH_START;
  for (let index = 0; index < wallet.length; index += 1) {
    const character = wallet.charCodeAt(index);
    low = Math.imul(low ^ character, LOW_PRIME);
    high = Math.imul(high ^ (character + (low >>> 24)), HIGH_PRIME);
  }
  low ^= high >>> 15;
  high ^= low >>> 13;
  return (high >>> (32 - HIGH_BITS)) * 2 ** 32 + (low >>> 0) + 1;
}
