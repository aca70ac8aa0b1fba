// Who is signed in, in the page's head, with their menu: loaded when somebody is.
import { ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { useState } from "react";
import { RpcDialog } from "../signing/rpc-dialog.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { useConnectedWallet } from "./connected-wallet.ts";
import { WalletMenu } from "./wallet-menu.tsx";
import { WalletPicture } from "./wallet-picture.tsx";

/** The button, which opens the menu. */
export function SignedInButton({ address }: { readonly address: string }): ReactNode {
  const wallet = useConnectedWallet();
  const [isOpen, setIsOpen] = useState(false);
  const [isChoosingNode, setIsChoosingNode] = useState(false);
  const settings = (): void => {
    setIsOpen(false);
    setIsChoosingNode(true);
  };
  return (
    <>
      <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
        <Popover.Trigger asChild>
          <Button className="px-2 sm:px-3">
            <span className="sr-only">Wallet</span>
            <WalletPicture icon={wallet?.icon} className="size-5 rounded" />
            <span className="sr-only font-mono text-[0.8125rem] sm:not-sr-only">{shortAddress(address)}</span>
            {wallet?.isTestWallet === true && (
              <span className="hidden sm:inline-flex">
                <Badge tone="warn">Test wallet</Badge>
              </span>
            )}
            <ChevronDown aria-hidden className="size-4 text-muted" />
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            align="end"
            sideOffset={8}
            collisionPadding={8}
            aria-label="Your wallet"
            className="z-40 w-[min(19rem,calc(100vw-1rem))] rounded-card border border-line bg-surface shadow-card focus:outline-none"
          >
            <WalletMenu address={address} wallet={wallet} onClose={() => setIsOpen(false)} onSettings={settings} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <RpcDialog isOpen={isChoosingNode} onClose={() => setIsChoosingNode(false)} />
    </>
  );
}
