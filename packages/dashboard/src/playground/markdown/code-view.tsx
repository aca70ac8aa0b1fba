// A block of code in an answer, with its language and its button to copy it.
import type { ReactNode } from "react";
import { CopyButton } from "../../ui/copy-button.tsx";

interface CodeViewProps {
  readonly code: string;
  readonly language: string;
}

/** The code; long lines scroll, and the keyboard can scroll them. */
export function CodeView({ code, language }: CodeViewProps): ReactNode {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-sunken">
      <div className="flex h-9 items-center justify-between border-b border-line pr-1 pl-3 text-xs text-muted">
        <span className="min-w-0 truncate font-mono">{language || "text"}</span>
        <CopyButton text={code} label="Copy this code" />
      </div>
      <pre
        tabIndex={0}
        role="group"
        aria-label={language === "" ? "Code" : `Code, ${language}`}
        className="overflow-x-auto p-3 font-mono text-[0.8125rem] leading-relaxed [font-variant-ligatures:none]"
      >
        <code>{code}</code>
      </pre>
    </div>
  );
}
