// Text for a terminal or a file, with its button to copy it.
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

interface CodeBlockProps {
  readonly code: string;
  /** What it is: `the command`, `config.toml`. */
  readonly name: string;
}

/** A block of code; long lines scroll, and the keyboard can scroll them. */
export function CodeBlock({ code, name }: CodeBlockProps): ReactNode {
  return (
    <div className="relative rounded-lg border border-line bg-sunken">
      <div className="absolute top-1 right-1 rounded-lg bg-sunken">
        <CopyButton text={code} label={`Copy ${name}`} />
      </div>
      <pre
        tabIndex={0}
        role="region"
        aria-label={name}
        className="overflow-x-auto p-3 pr-12 font-mono text-[0.8125rem] leading-relaxed"
      >
        <code>{code}</code>
      </pre>
    </div>
  );
}
