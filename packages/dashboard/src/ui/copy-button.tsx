// Copying a text, and saying that it was copied.
import { systemClock } from "@aimo-network/protocol/clock";
import { Check, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "./button.tsx";

const SAID_MS = 1_600; // long enough to be seen

interface CopyButtonProps {
  readonly text: string;
  /** What is copied: `Copy the key`. */
  readonly label: string;
  /** Whether the label is shown and not only told. */
  readonly isLabelShown?: boolean;
}

/** A button that copies `text`. */
export function CopyButton({ text, label, isLabelShown = false }: CopyButtonProps): ReactNode {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Some browsers refuse without a permission, and pages that came without https have no clipboard at all.
      toast.error("The browser did not let this page copy.", { description: "Mark the text and copy it by hand." });
      return;
    }
    setIsCopied(true);
    systemClock.timer(SAID_MS, () => setIsCopied(false));
  };
  const Icon = isCopied ? Check : Copy;
  const words = isCopied ? "Copied" : label;
  return (
    <Button
      size={isLabelShown ? "small" : "icon"}
      variant={isLabelShown ? "secondary" : "ghost"}
      aria-label={words}
      title={words}
      onClick={() => void copy()}
    >
      <Icon aria-hidden className="size-4" />
      {isLabelShown && words}
    </Button>
  );
}
