// What the dialog shows after a wallet was chosen: which account, what is waited for, and what went wrong.
import type { WalletAccount } from "@wallet-standard/base";
import { ChevronRight, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { connectFlow } from "./connect-desk.ts";
import type { ConnectState, ConnectStep } from "./connect-flow.ts";
import { isTestWallet } from "./test-mark.ts";
import { WalletPicture } from "./wallet-picture.tsx";
import { safeIcon, walletText } from "./wallet-shape.ts";

type StateOf<Kind extends ConnectState["kind"]> = Extract<ConnectState, { readonly kind: Kind }>;

interface StepWords {
  readonly title: string;
  readonly about: string;
}

const WORDS: Readonly<Record<ConnectStep, (name: string, isByMemo: boolean) => StepWords>> = {
  connect: (name) => ({
    title: `Allow this site in ${name}`,
    about: "The wallet asks whether this site may see your account’s address.",
  }),
  challenge: () => ({ title: "Asking the router", about: "It makes the text that your wallet signs." }),
  wallet: (name, isByMemo) =>
    isByMemo
      ? {
          title: `Sign the transaction in ${name}`,
          about: "It holds the text of the sign-in and is never sent: nothing is paid.",
        }
      : { title: `Sign in with ${name}`, about: "It signs a text that says who you are. Nothing is sent or paid." },
  login: () => ({ title: "Signing in", about: "The router checks the signature." }),
};

/** The accounts of a wallet that gave several. */
export function AccountStep({ wallet, accounts }: StateOf<"accounts">): ReactNode {
  const choose = (account: WalletAccount): void => void connectFlow.choose(wallet, account);
  return (
    <ul className="flex flex-col gap-2">
      {accounts.map((account) => (
        <li key={account.address}>
          <button
            type="button"
            title={account.address}
            className="flex w-full items-center gap-3 rounded-xl border border-line px-3 py-2.5 text-left hover:border-line-strong hover:bg-sunken"
            onClick={() => choose(account)}
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{walletText(account.label) || "Account"}</span>
              <span className="block font-mono text-[0.8125rem] text-muted">{shortAddress(account.address)}</span>
            </span>
            <ChevronRight aria-hidden className="size-4 shrink-0 text-muted" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What is waited for. */
export function WaitStep({ wallet, step, isSlow, isByMemo }: StateOf<"waiting">): ReactNode {
  const { title, about } = WORDS[step](walletText(wallet.name), isByMemo);
  const isWallets = step === "connect" || step === "wallet";
  return (
    <div role="status" className="flex flex-col items-center gap-3 py-4 text-center">
      <span className="relative">
        <WalletPicture icon={safeIcon(wallet.icon)} className="size-14 rounded-2xl" />
        <span className="absolute -right-1.5 -bottom-1.5 rounded-full bg-surface p-0.5 text-accent">
          <LoaderCircle aria-hidden className="size-5 animate-spin" />
        </span>
      </span>
      <p className="font-semibold break-words">{title}</p>
      <p className="max-w-sm text-sm text-muted">{about}</p>
      {isSlow && isWallets && !isTestWallet(wallet) && (
        <p className="max-w-sm rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
          Nothing to see? Its window may be behind this one, or the wallet is locked: open it by its icon in the
          browser’s bar.
        </p>
      )}
      {isSlow && !isWallets && (
        <p className="max-w-sm rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
          The router takes long to answer. You can wait, or cancel and try again.
        </p>
      )}
    </div>
  );
}

/** What went wrong. */
export function FailedStep({ wallet, fault }: StateOf<"failed">): ReactNode {
  return (
    <div className="flex flex-col gap-4">
      <p className="flex items-center gap-3 font-medium">
        <WalletPicture icon={safeIcon(wallet.icon)} />
        {walletText(wallet.name)}
      </p>
      <FaultNotice fault={fault} />
    </div>
  );
}
