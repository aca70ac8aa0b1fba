// A described transaction as the person is told of it who is asked to sign.
import type { TransactionDescription } from "./description.ts";
import { solWords } from "./foreign-text.ts";

/** What it does in sentences: the figures of the compute budget are in the fee, and what is known has its name. */
export function toldWords(
  { actions, fee, flags }: TransactionDescription,
  names: Readonly<Record<string, string>> = {},
): string[] {
  const told = actions.filter(({ program }) => program !== "compute_budget").map(({ words }) => words);
  const cost = solWords(fee.baseLamports + fee.priorityLamportsMax);
  const lines = [
    ...told,
    `${fee.payer} pays the fee, at most ${cost}.`,
    ...flags.map(({ words }) => `Attention: ${words}`),
  ];
  const known = Object.entries({ ...names, [fee.payer]: "your wallet" });
  return lines
    .map((line) => known.reduce((text, [address, name]) => text.replaceAll(address, () => name), line)) // a URL may hold `$&`
    .map((line) => line.charAt(0).toUpperCase() + line.slice(1));
}
