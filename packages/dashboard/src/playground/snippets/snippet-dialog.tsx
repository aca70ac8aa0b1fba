// The request as it stands, to be sent from elsewhere.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useState } from "react";
import { routerQuery } from "../../router/router-query.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import type { ChatBody } from "../chat/chat-body.ts";
import { CodeView } from "../markdown/code-view.tsx";
import { playground } from "../the-playground.ts";
import { readSettings } from "../settings/read-settings.ts";
import { shortenImages, snippetsFor } from "./snippets.ts";

const SHOWN_CHARS_MAX = 256 * 1024; // beyond it a page that draws it stops moving, and nobody copies it by hand

/** The router's own address for clients; until it has said it, where this page came from. */
function useApiBase(): string {
  const { data } = useQuery(routerQuery);
  return (data?.api_base ?? `${location.origin}/api/v1`).replace(/\/+$/, "");
}

/** The request of the first lane: the draft's, else the last that was sent, else an example. */
function bodyOf(): ChatBody | undefined {
  const { draft, settings } = playground.state();
  const lane = playground.lane(0);
  const isDrafted = draft.text.trim() !== "" || draft.images.length > 0;
  const read = readSettings(settings);
  const question = { text: draft.text.trim(), images: draft.images };
  return lane?.body(isDrafted ? question : undefined, read) ?? lane?.body({ text: "Hello", images: [] }, read);
}

function Snippets({ body }: { readonly body: ChatBody }): ReactNode {
  const apiBase = useApiBase();
  const [selected, setSelected] = useState("curl");
  const { body: short, cut } = shortenImages(body);
  const tabs = snippetsFor(apiBase, short).map(({ id, title, needs, code }) => ({
    id,
    title,
    content:
      code.length > SHOWN_CHARS_MAX ? (
        <p>The conversation is too long to be shown as code. Clear it first.</p>
      ) : (
        <div className="flex flex-col gap-2">
          <CodeView code={code} language={title} />
          <p className="text-[0.8125rem] text-muted">Needs {needs}.</p>
        </div>
      ),
  }));
  return (
    <>
      {cut > 0 && (
        <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm">
          {cut === 1 ? "The image is" : `The ${cut} images are`} cut here, marked by “…”: put the whole data: URL, or an
          address on the web, in its place.
        </p>
      )}
      <Tabs label="Language" tabs={tabs} selected={selected} onSelect={setSelected} />
    </>
  );
}

interface SnippetDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Shows the request as code for curl, Python and TypeScript. */
export function SnippetDialog({ isOpen, onClose }: SnippetDialogProps): ReactNode {
  const body = isOpen ? bodyOf() : undefined;
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Send it from your code"
      lead={
        <>
          The request as it stands here. The key is read from <code className="font-mono">AIMO_API_KEY</code>:{" "}
          <Link to="/keys" search={{ generate: "api" }} className="text-accent underline underline-offset-2">
            generate one
          </Link>
          .
        </>
      }
    >
      {body === undefined ? <p>Choose a model first.</p> : <Snippets body={body} />}
    </Dialog>
  );
}
