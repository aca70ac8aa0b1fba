// What `aimo-router reconcile` prints.
import { nanoWords } from "../../ledger/nano-words.ts";
import type { ChainSurprise } from "../../ledger/chain-books/standings.ts";
import type { ChainDifference, Reconciliation } from "./compare.ts";
import { DIFFERENCES_LOGGED_MAX } from "../limits.ts";

function differenceLines({ account, wallet, kind, onChain, inLedger, why }: ChainDifference): string[] {
  const name = wallet === undefined ? account : `${account} ${wallet}`;
  return [`  ${kind}: ${name}: ${nanoWords(onChain)} on chain, ${nanoWords(inLedger)} in the ledger`, `    ${why}`];
}

/** The report as lines for a terminal: what is short first, then what has too much, then what passes by itself. */
export function reconcileLines(
  { slot, differences, users, providers }: Reconciliation,
  surprises: readonly ChainSurprise[],
): readonly string[] {
  const ordered = ["short", "surplus", "on its way"].flatMap((kind) => differences.filter((one) => one.kind === kind));
  const head =
    differences.length === 0
      ? `Chain and ledger agree at slot ${slot}: ${users} users, ${providers} providers.`
      : `Chain and ledger differ in ${differences.length} places at slot ${slot} (${users} users, ${providers} providers):`;
  const hidden = ordered.length - DIFFERENCES_LOGGED_MAX;
  return [
    head,
    ...ordered.slice(0, DIFFERENCES_LOGGED_MAX).flatMap(differenceLines),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...(surprises.length === 0 ? [] : ["The chain did what this ledger did not ask for:"]),
    ...surprises.map(
      ({ at, slot: when, kind, wallet, amount }) =>
        `  ${at.toISOString()}, slot ${when}: ${kind}: ${nanoWords(amount * 1000n)}${wallet === undefined ? "" : ` of ${wallet}`}`,
    ),
  ];
}
