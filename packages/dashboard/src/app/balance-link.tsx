// What can be spent, in the page's head; where it is nothing, the way to a deposit.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { balanceQuery } from "../api/balance-query.ts";
import { useSignedInWallet } from "../session/use-session.ts";
import { Amount } from "../ui/amount.tsx";
import { buttonClasses } from "../ui/button.tsx";
import { classes } from "../ui/class-names.ts";

const LOOK = classes(buttonClasses({ variant: "ghost" }), "px-2 sm:px-3");

/** Leads to the credits; nothing where nobody is signed in, or the router does not say. */
export function BalanceLink(): ReactNode {
  const isSignedIn = useSignedInWallet() !== undefined;
  const { data } = useQuery({ ...balanceQuery, enabled: isSignedIn });
  if (!isSignedIn || data === undefined) return null;
  const { available } = data.data;
  if (!/[1-9]/.test(available)) {
    return (
      <Link to="/credits" className={LOOK}>
        <span className="text-accent">Add USDC</span>
      </Link>
    );
  }
  return (
    <Link to="/credits" className={LOOK}>
      <span className="sr-only">Available:</span>
      <Amount usdc={available} className="text-ink" />
    </Link>
  );
}
