// Hints above a provider's figures.
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "../../ui/class-names.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CodeWords } from "../code-words.tsx";
import type { Hint } from "./hints.ts";

const LOOKS = {
  bad: { box: "border-bad/30 bg-bad-soft", icon: "text-bad", Icon: CircleAlert },
  warn: { box: "border-warn/30 bg-warn-soft", icon: "text-warn", Icon: TriangleAlert },
  plain: { box: "border-line bg-surface", icon: "text-muted", Icon: Info },
  good: { box: "border-good/30 bg-good-soft", icon: "text-good", Icon: Info },
} as const;

function HintBox({ hint: { tone, title, text, command } }: { readonly hint: Hint }): ReactNode {
  const { box, icon, Icon } = LOOKS[tone];
  return (
    <li className={classes("flex gap-3 rounded-lg border px-4 py-3 text-sm", box)}>
      <Icon aria-hidden className={classes("mt-0.5 size-4 shrink-0", icon)} />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <div>
          <p className="font-medium break-words">{title}</p>
          <p className="text-ink/85">
            <CodeWords text={text} />
          </p>
        </div>
        {command !== undefined && <CodeBlock name="the command" code={command} />}
      </div>
    </li>
  );
}

/** The list; nothing where there is nothing to say. */
export function HintList({ hints }: { readonly hints: readonly Hint[] }): ReactNode {
  if (hints.length === 0) return null;
  return (
    <ul aria-label="What to know now" className="flex flex-col gap-3">
      {hints.map((hint) => (
        <HintBox key={hint.id} hint={hint} />
      ))}
    </ul>
  );
}
