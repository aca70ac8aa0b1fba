// How the cost comes about, to the last digit, from the receipt's own counts and prices.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Card } from "../../ui/card.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { countWords } from "../generation.ts";
import type { CostAccount } from "./cost-lines.ts";

const FREE_WORDS = {
  interrupted: "Nothing is owed, since the provider broke the answer off.",
  no_usage: "Nothing is owed, since the provider reported no usage.",
  error: "Nothing is owed, since the answer ended with an error.",
} as const;

/** Reads the receipt; undefined where it is none, which the check of it says. */
async function readAccount(proof: unknown): Promise<CostAccount | null> {
  const [{ readProof }, { costAccount }] = await Promise.all([
    import("@aimo-network/escrow/proof/read-proof"),
    import("./cost-lines.ts"),
  ]);
  const told = readProof(proof);
  return "wrong" in told ? null : costAccount(told.receipt);
}

function Lines({
  account: { lines, sum, owed, charged, free, isPartly },
}: {
  readonly account: CostAccount;
}): ReactNode {
  return (
    <>
      <div tabIndex={0} role="region" aria-label="How the cost comes about" className="overflow-x-auto">
        <table className="figures w-full text-[0.8125rem] sm:text-sm">
          <thead className="text-left text-muted">
            <tr className="border-b border-line">
              <th scope="col" className="py-2 pr-1.5 sm:pr-3 font-medium">
                What
              </th>
              <th scope="col" className="px-1.5 py-2 text-right sm:px-3 font-medium">
                Count
              </th>
              <th scope="col" className="px-1.5 py-2 text-right sm:px-3 font-medium">
                Price, USDC
              </th>
              <th scope="col" className="py-2 pl-1.5 text-right sm:pl-3 font-medium">
                USDC
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {lines.map(({ what, count, price, per, amount }) => (
              <tr key={what}>
                <th scope="row" className="py-2 pr-1.5 sm:pr-3 text-left font-normal">
                  {what}
                </th>
                <td className="px-1.5 py-2 text-right sm:px-3 whitespace-nowrap">{countWords(count)}</td>
                <td className="px-1.5 py-2 text-right sm:px-3 whitespace-nowrap">
                  {price}
                  <span className="text-muted"> / {per === "million tokens" ? "1M" : per}</span>
                </td>
                <td className="py-2 pl-1.5 text-right sm:pl-3 whitespace-nowrap">{amount}</td>
              </tr>
            ))}
          </tbody>
          <tfoot className="border-t border-line-strong font-medium">
            {sum !== owed && free === undefined && (
              <tr>
                <th scope="row" colSpan={3} className="pt-2 pr-3 text-left font-normal text-muted">
                  Sum, which is rounded up once to 0.000000001
                </th>
                <td className="pt-2 pl-3 text-right font-normal whitespace-nowrap text-muted">{sum}</td>
              </tr>
            )}
            <tr>
              <th scope="row" colSpan={3} className="py-2 pr-1.5 sm:pr-3 text-left font-medium">
                Charged
              </th>
              <td className="py-2 pl-1.5 text-right sm:pl-3 whitespace-nowrap">{charged}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      {free !== undefined && <p className="mt-2 text-sm text-muted">{FREE_WORDS[free]}</p>}
      {isPartly && free === undefined && (
        <p className="mt-2 text-sm text-muted">
          {owed} USDC were owed: less was charged, because no more was locked or left. The rest is the provider's loss.
        </p>
      )}
    </>
  );
}

/** The card; `proof` is undefined while it is on its way. */
export function CostCard({ proof }: { readonly proof: unknown }): ReactNode {
  const { data: account } = useQuery({
    queryKey: ["cost-account", proof],
    queryFn: async () => await readAccount(proof),
    enabled: proof !== undefined,
    staleTime: Infinity,
  });
  return (
    <Card title="Cost">
      {account === undefined && <SkeletonLines count={4} />}
      {account === null && <p className="text-sm text-muted">The receipt cannot be read: its check says why.</p>}
      {account !== undefined && account !== null && <Lines account={account} />}
    </Card>
  );
}
