// The wallets to choose from, and what to do where there is none.
import type { Wallet } from "@wallet-standard/base";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../ui/badge.tsx";
import { connectFlow } from "./connect-desk.ts";
import { lastWallet } from "./last-wallet.ts";
import { isTestWallet } from "./test-mark.ts";
import { useSolanaWallets } from "./wallet-list.ts";
import { WalletPicture } from "./wallet-picture.tsx";
import { safeIcon, walletText } from "./wallet-shape.ts";

const ROW =
  "flex w-full items-center gap-3 rounded-xl border border-line bg-surface px-3 py-2.5 text-left hover:border-line-strong hover:bg-sunken";

function WalletRow({ wallet, isLast }: { readonly wallet: Wallet; readonly isLast: boolean }): ReactNode {
  return (
    <button type="button" className={ROW} onClick={() => void connectFlow.choose(wallet)}>
      <WalletPicture icon={safeIcon(wallet.icon)} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{walletText(wallet.name)}</span>
        {isTestWallet(wallet) && (
          <span className="block text-[0.8125rem] text-muted">Not real money. It signs without asking.</span>
        )}
      </span>
      {isTestWallet(wallet) ? <Badge tone="warn">Test</Badge> : isLast && <Badge>Last used</Badge>}
      <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
    </button>
  );
}

function NoWallet(): ReactNode {
  return (
    <div className="rounded-xl border border-dashed border-line-strong px-4 py-5 text-center">
      <p className="font-medium">There is no Solana wallet in this browser.</p>
      <p className="mt-1 text-sm text-muted">
        Install one and it appears here. On a phone, open this page in the browser inside the wallet’s app.
      </p>
    </div>
  );
}

/** The list, and what a wallet is. */
export function WalletChoice(): ReactNode {
  const wallets = useSolanaWallets();
  const last = lastWallet();
  return (
    <>
      {wallets.length === 0 ? (
        <NoWallet />
      ) : (
        <ul className="flex flex-col gap-2">
          {wallets.map((wallet, index) => (
            <li key={`${wallet.name} ${index}`}>
              <WalletRow wallet={wallet} isLast={wallet.name === last} />
            </li>
          ))}
        </ul>
      )}
      <details className="text-sm" open={wallets.length === 0}>
        <summary className="rounded font-medium text-muted hover:text-ink">What is a Solana wallet?</summary>
        <div className="mt-2 flex flex-col gap-2 text-muted">
          <p>
            A program that keeps your keys and your USDC and signs for you, as an extension of the browser or an app.
            Here it is your account: there is no password and no e-mail address.
          </p>
          <p>
            Phantom, Solflare and Backpack are well known ones, each of which also works with a Ledger. Get it from your
            browser’s own store for extensions, or your phone’s for apps, by its name.
          </p>
        </div>
      </details>
    </>
  );
}
