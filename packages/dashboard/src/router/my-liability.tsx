// Whether one's own balance is in what the router says it owes: asked, and checked by this browser.
import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { isApiFault } from "../api/api-fault.ts";
import { answerOf, routerApi } from "../api/router-api.ts";
import { useSession } from "../session/use-session.ts";
import { Button } from "../ui/button.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { exactTime } from "../ui/time-text.ts";
import { openConnectDialog } from "../wallets/connect-dialog.tsx";
import { ExactUsdc } from "./exact-usdc.tsx";
import { checkLiability } from "./liability-proof.ts";
import type { LiabilityFinding, PublishedRoot } from "./liability-proof.ts";

function Finding({ finding }: { readonly finding: LiabilityFinding }): ReactNode {
  const Icon = finding.kind === "counted" ? CircleCheck : CircleX;
  return (
    <p role="status" className="flex items-start gap-2 text-sm">
      <Icon
        aria-hidden
        className={finding.kind === "counted" ? "mt-0.5 size-4 shrink-0 text-good" : "mt-0.5 size-4 shrink-0 text-bad"}
      />
      <span className="min-w-0 break-words">
        {finding.kind === "counted" && (
          <>
            Your balance of <ExactUsdc usdc={finding.balance} /> at {exactTime(finding.root.at)} is counted in the
            total: this browser has climbed from it to the root.
          </>
        )}
        {finding.kind === "other-root" &&
          `You were given a proof against another root (${finding.proven}) than everybody is shown (${finding.shown}). Show both to others: a root counts only where all see the same.`}
        {finding.kind === "unproven" &&
          `What the router has sent does not prove that your balance is counted: ${finding.why}. Withdraw, and tell others.`}
      </span>
    </p>
  );
}

function Check({ wallet, shown }: { readonly wallet: string; readonly shown: PublishedRoot | undefined }): ReactNode {
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: async () => {
      const { data: proof } = await answerOf(routerApi.GET("/api/v1/account/solvency-proof"));
      return checkLiability(proof, wallet, shown);
    },
  });
  return (
    <div className="flex flex-col items-start gap-3">
      <Button size="small" isBusy={isPending} onClick={() => mutate()}>
        Check that my balance is counted
      </Button>
      {data !== undefined && <Finding finding={data} />}
      {isApiFault(error, "proof_not_found") ? (
        <p role="status" className="text-sm text-muted">
          You had no balance when the total was last published; the next time is within an hour.
        </p>
      ) : (
        error !== null && <FaultNotice fault={error} onRetry={() => mutate()} />
      )}
    </div>
  );
}

/** The check for who is signed in; a way to sign in for everybody else. */
export function MyLiability({ shown }: { readonly shown: PublishedRoot | undefined }): ReactNode {
  const session = useSession();
  if (session.kind === "in") return <Check key={session.wallet} wallet={session.wallet} shown={shown} />;
  return (
    <p className="text-sm text-muted">
      <button
        type="button"
        onClick={openConnectDialog}
        className="font-medium text-ink underline decoration-line-strong underline-offset-4"
      >
        Connect your wallet
      </button>{" "}
      to check that your own balance is counted.
    </p>
  );
}
