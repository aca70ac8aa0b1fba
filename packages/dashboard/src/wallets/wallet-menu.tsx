// The wallet's menu: who is signed in with what, what is there to spend, and the way out.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Coins, LogOut, PlugZap, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { balanceQuery } from "../api/balance-query.ts";
import { Amount } from "../ui/amount.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button, buttonClasses } from "../ui/button.tsx";
import { classes } from "../ui/class-names.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { connectFlow } from "./connect-desk.ts";
import type { ConnectedWallet } from "./connected-wallet.ts";
import { FaucetButton } from "./faucet-button.tsx";
import { leaveWallet } from "./leave-wallet.ts";
import { WalletPicture } from "./wallet-picture.tsx";

interface WalletMenuProps {
  /** The address that is signed in. */
  readonly address: string;
  readonly wallet: ConnectedWallet | undefined;
  readonly onClose: () => void;
  readonly onSettings: () => void;
}

const ITEM = classes(buttonClasses({ variant: "ghost" }), "w-full justify-start! gap-3 px-3");

function Balance(): ReactNode {
  const { data, error } = useQuery(balanceQuery);
  if (error !== null) return <p className="text-sm text-muted">The balance cannot be read right now.</p>;
  return (
    <p className="flex items-baseline justify-between gap-3">
      <span className="text-sm text-muted">Available</span>
      {data === undefined ? (
        <Skeleton className="w-20" />
      ) : (
        <Amount usdc={data.data.available} className="font-semibold" />
      )}
    </p>
  );
}

function SignOut({ onClose }: Pick<WalletMenuProps, "onClose">): ReactNode {
  const [isBusy, setIsBusy] = useState(false);
  const leave = async (): Promise<void> => {
    setIsBusy(true);
    await leaveWallet();
    onClose();
  };
  return (
    <Button variant="ghost" isBusy={isBusy} className="w-full justify-start! gap-3 px-3" onClick={() => void leave()}>
      <LogOut aria-hidden className="size-4" />
      Sign out
    </Button>
  );
}

/** What the menu holds. */
export function WalletMenu({ address, wallet, onClose, onSettings }: WalletMenuProps): ReactNode {
  const reconnect = (): void => {
    onClose();
    void connectFlow.request({ kind: "reconnect", address });
  };
  return (
    <div className="flex flex-col">
      <div className="flex items-center gap-3 border-b border-line p-4">
        <WalletPicture icon={wallet?.icon} />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium">{wallet?.name ?? "Wallet not connected"}</p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span title={address} className="font-mono text-[0.8125rem] whitespace-nowrap text-muted">
              {shortAddress(address)}
            </span>
            {wallet?.isTestWallet === true && <Badge tone="warn">Not real money</Badge>}
          </p>
        </div>
        <CopyButton text={address} label="Copy the address" />
      </div>
      <div className="flex flex-col gap-3 border-b border-line p-4">
        <Balance />
        <FaucetButton />
      </div>
      <div className="flex flex-col p-2">
        {wallet === undefined && (
          <button type="button" className={ITEM} onClick={reconnect}>
            <PlugZap aria-hidden className="size-4" />
            Connect it again
          </button>
        )}
        <Link to="/credits" className={ITEM} onClick={onClose}>
          <Coins aria-hidden className="size-4" />
          Credits
        </Link>
        <button type="button" className={ITEM} onClick={onSettings}>
          <SlidersHorizontal aria-hidden className="size-4" />
          Solana node
        </button>
        <SignOut onClose={onClose} />
      </div>
    </div>
  );
}
