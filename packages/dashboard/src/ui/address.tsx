// An address on the page: short, all of it in the title and in the copy, and where to look it up.
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClasses } from "./button.tsx";
import { classes } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";
import { shortAddress } from "./short-address.ts";

interface AddressProps {
  readonly value: string;
  /** What it is, for the buttons: `the vault`. */
  readonly name: string;
  /** A public explorer's page about it, where there is one. */
  readonly explorerUrl?: string | undefined;
  /** Whether all of it is shown; it breaks where the line ends. */
  readonly isWhole?: boolean;
}

/** An address with its button to copy it, and its link to an explorer. */
export function Address({ value, name, explorerUrl, isWhole = false }: AddressProps): ReactNode {
  return (
    <span className="inline-flex min-w-0 items-center gap-0.5">
      <span title={value} className={classes("font-mono text-[0.8125rem]", isWhole && "min-w-0 break-all")}>
        {isWhole ? value : shortAddress(value)}
      </span>
      <CopyButton text={value} label={`Copy ${name}`} />
      {explorerUrl !== undefined && /^https?:\/\//.test(explorerUrl) && (
        <a
          href={explorerUrl}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={`Look up ${name} in the explorer`}
          title={`Look up ${name} in the explorer`}
          className={buttonClasses({ variant: "ghost", size: "icon" })}
        >
          <ExternalLink aria-hidden className="size-4" />
        </a>
      )}
    </span>
  );
}
