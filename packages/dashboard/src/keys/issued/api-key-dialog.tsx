// "Generate API Key": what it may, and the key that the router issues, shown this once.
import { systemClock } from "@aimo-network/protocol/clock";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { askCurl } from "../../api/chat-curl.ts";
import { answerOf, routerApi } from "../../api/router-api.ts";
import type { RouterFacts } from "../../router/router-query.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { useFaultFocus } from "../fault-focus.ts";
import { keysQuery } from "../keys-query.ts";
import { modelsOnSaleQuery } from "../models-on-sale.ts";
import { Secret } from "../secret.tsx";
import { ShownOnceDialog } from "../shown-once-dialog.tsx";
import { IssuedKeyForm } from "./issued-key-form.tsx";
import type { KeyFaults } from "./key-draft.ts";
import { EMPTY_DRAFT, readKey } from "./key-draft.ts";

interface ApiKeyDialogProps {
  readonly router: RouterFacts;
  readonly onClose: () => void;
}

interface Made {
  readonly bearer: string;
  readonly models: readonly string[] | null;
}

const API_KEY_NAME = "AIMO_API_KEY";

function MadeDialog({ made, router, onSaved }: { made: Made; router: RouterFacts; onSaved: () => void }): ReactNode {
  const { data: onSale } = useQuery(modelsOnSaleQuery);
  const model = made.models?.[0] ?? onSale?.[0]?.id ?? "author/model";
  return (
    <ShownOnceDialog
      title="Your API key"
      lead="It is shown this once: the router keeps only a hash of it."
      onSaved={onSaved}
    >
      <Secret secret={made.bearer} variable={API_KEY_NAME} />
      <section className="flex flex-col gap-2">
        <h3 className="font-semibold">Try it</h3>
        <p className="text-sm text-muted">In the terminal that has the key. It works with any OpenAI client, too.</p>
        <CodeBlock code={askCurl(router.api_base, model, "Say hello.")} name="the command" />
      </section>
    </ShownOnceDialog>
  );
}

/** The dialog, from the first field to the key. */
export function ApiKeyDialog({ router, onClose }: ApiKeyDialogProps): ReactNode {
  const asking = useQueryClient();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [faults, setFaults] = useState<KeyFaults>({});
  const form = useFaultFocus(faults);
  const [fault, setFault] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const [made, setMade] = useState<Made>();
  const issue = async (): Promise<void> => {
    const read = readKey(draft, systemClock.now());
    setFaults(read.kind === "faulty" ? read.faults : {});
    if (read.kind === "faulty") return;
    const { disabled: _, ...settings } = read.settings; // a key is not born disabled
    setIsBusy(true);
    setFault(undefined);
    try {
      const { key } = await answerOf(routerApi.POST("/api/v1/keys", { body: settings }));
      setMade({ bearer: key, models: draft.models });
      void asking.invalidateQueries({ queryKey: keysQuery.queryKey });
    } catch (error) {
      setFault(error);
    } finally {
      setIsBusy(false);
    }
  };
  if (made !== undefined) return <MadeDialog made={made} router={router} onSaved={onClose} />;
  return (
    <FormDialog
      title="Generate API Key"
      lead="To call models with any OpenAI client. It spends from your balance, within these bounds."
      isOpen
      onClose={onClose}
      submitWords="Generate key"
      onSubmit={() => void issue()}
      isBusy={isBusy}
      fault={fault}
      form={form}
    >
      <IssuedKeyForm draft={draft} faults={faults} onChange={setDraft} />
    </FormDialog>
  );
}
