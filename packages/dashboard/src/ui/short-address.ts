// Addresses and hashes as people recognise them: their ends.

const ENDS = 4;
const WHOLE_MAX = 12; // nothing is gained by cutting what is as short as this

/** `5GWcEtsi…mW1KB` as `5GWc…W1KB`; what is short already stays whole. */
export function shortAddress(address: string): string {
  return address.length <= WHOLE_MAX ? address : `${address.slice(0, ENDS)}…${address.slice(-ENDS)}`;
}
