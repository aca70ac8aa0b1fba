// A wallet's picture, where it has one that may be shown.
import { Wallet } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "../ui/class-names.ts";

interface WalletPictureProps {
  /** A `data:` URL that was looked at; undefined or empty for none. */
  readonly icon: string | undefined;
  /** Its size and corners. */
  readonly className?: string;
}

/** The picture, or a sign for any wallet; its name stands beside it. */
export function WalletPicture({ icon, className = "size-9 rounded-lg" }: WalletPictureProps): ReactNode {
  const size = classes("shrink-0", className);
  if (icon !== undefined && icon !== "") return <img src={icon} alt="" className={size} />;
  return (
    <span aria-hidden className={classes("flex items-center justify-center bg-sunken text-muted", size)}>
      <Wallet className="size-1/2" />
    </span>
  );
}
