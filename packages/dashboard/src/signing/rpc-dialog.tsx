// The choice of the Solana node as a dialog, for the wallet's menu.
import type { ReactNode } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { RpcSettings } from "./rpc-settings.tsx";

interface RpcDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog with the form in it. */
export function RpcDialog({ isOpen, onClose }: RpcDialogProps): ReactNode {
  return (
    <Dialog
      title="Solana node"
      lead="By this node the console reads the chain itself, and sends what you sign without the router."
      isOpen={isOpen}
      onClose={onClose}
    >
      <RpcSettings />
    </Dialog>
  );
}
