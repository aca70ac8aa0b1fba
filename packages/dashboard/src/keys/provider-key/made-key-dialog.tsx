// A provider key that was just made, shown this once, with the config that uses it.
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import type { RouterFacts } from "../../router/router-query.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { dayText } from "../../ui/time-text.ts";
import { shortKeyId } from "../key-record.ts";
import { Secret } from "../secret.tsx";
import { ShownOnceDialog } from "../shown-once-dialog.tsx";
import { EXAMPLE_MODEL, readModel } from "./config-draft.ts";
import { configText, PROVIDER_KEY_NAME, startText } from "./config-text.ts";
import type { MadeKey } from "./make-key.ts";
import { ModelFields } from "./model-fields.tsx";

interface MadeKeyDialogProps {
  readonly made: MadeKey;
  readonly router: RouterFacts;
  readonly isFirstGeneration: boolean;
  readonly onSaved: () => void;
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }): ReactNode {
  return (
    <section className="flex flex-col gap-3 border-line not-last:border-b not-last:pb-5">
      <h3 className="flex items-center gap-2 font-semibold">
        <span
          aria-hidden
          className="flex size-6 items-center justify-center rounded-full bg-accent-soft text-xs text-accent"
        >
          {number}
        </span>
        {title}
      </h3>
      {children}
    </section>
  );
}

function Config({ router, isFirstGeneration }: Pick<MadeKeyDialogProps, "router" | "isFirstGeneration">): ReactNode {
  const [draft, setDraft] = useState(EXAMPLE_MODEL);
  const read = readModel(draft);
  const place = { routerUrl: router.url, routerId: router.router_id, isFirstGeneration };
  const text = read.kind === "good" ? configText(place, read.model) : undefined;
  return (
    <>
      <Step number={2} title="Say what you sell">
        <ModelFields draft={draft} faults={read.kind === "faulty" ? read.faults : {}} onChange={setDraft} />
      </Step>
      <Step number={3} title="Save this as config.toml">
        {text === undefined ? (
          <p role="status" className="text-sm text-muted">
            The file is here as soon as the fields above are right.
          </p>
        ) : (
          <>
            <CodeBlock code={text} name="config.toml" />
            <Button
              size="small"
              className="self-start"
              onClick={() => saveFile("config.toml", text, "application/toml")}
            >
              <Download aria-hidden className="size-4" />
              Download config.toml
            </Button>
          </>
        )}
      </Step>
      <Step number={4} title="Start your proxy">
        <p className="text-sm text-muted">Beside the file, in the terminal that has the key:</p>
        <CodeBlock code={startText(draft, isFirstGeneration)} name="the commands" />
        <p className="text-sm text-muted">
          Then your model is on the market, and Provide shows what it serves and earns.
        </p>
      </Step>
    </>
  );
}

/** Shows the key, the line that exports it, and the config. */
export function MadeKeyDialog({ made, router, isFirstGeneration, onSaved }: MadeKeyDialogProps): ReactNode {
  const { id, expiresAtMs, spending } = made.key;
  const means = spending.kind === "earn_only" ? "It earns and cannot spend" : "It may spend from your balance";
  return (
    <ShownOnceDialog
      title="Your provider key"
      lead="Signed by your wallet and checked here. It is shown this once: nobody has a copy, not even the router."
      onSaved={onSaved}
    >
      <Step number={1} title="Save the key">
        <Secret secret={made.bearer} variable={PROVIDER_KEY_NAME} />
        <p className="text-[0.8125rem] text-muted">
          {means}, until {dayText(new Date(expiresAtMs).toISOString())}. Its id is{" "}
          <span title={id} className="font-mono">
            {shortKeyId(id)}
          </span>
          ; it is in the list of keys once your proxy has used it.
        </p>
      </Step>
      <Config router={router} isFirstGeneration={isFirstGeneration} />
    </ShownOnceDialog>
  );
}
