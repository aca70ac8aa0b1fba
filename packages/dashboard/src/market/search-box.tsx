// The search of a page; "/" leads to it from anywhere on the page.
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { classes } from "../ui/class-names.ts";
import { useTypedText } from "./use-typed-text.ts";

/** Whether keys go into a text just now. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

interface SearchBoxProps {
  readonly q: string;
  readonly onSearch: (q: string) => void;
  readonly name: string;
  /** What may be typed. */
  readonly hint: string;
}

/** A field that is searched as one types, with its sign and its key. */
export function SearchBox({ q, onSearch, name, hint }: SearchBoxProps): ReactNode {
  const [text, change] = useTypedText(q, onSearch);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const lead = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      box.current?.focus();
    };
    document.addEventListener("keydown", lead);
    return () => document.removeEventListener("keydown", lead);
  }, []);
  return (
    <div className="relative min-w-0 flex-1">
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
      <input
        ref={box}
        type="search"
        value={text}
        onChange={(event) => change(event.target.value)}
        aria-label={name}
        aria-keyshortcuts="/"
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        className={classes(
          "h-10 w-full rounded-lg border border-line-strong bg-surface pl-9 text-ink placeholder:text-muted [&::-webkit-search-cancel-button]:opacity-60",
          text === "" ? "pr-10" : "pr-3",
        )}
      />
      {text === "" && (
        <kbd
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-3 hidden -translate-y-1/2 rounded border border-line px-1.5 font-mono text-xs text-muted sm:block"
        >
          /
        </kbd>
      )}
    </div>
  );
}
