// Where the next question is written: text, images, and the button that sends or stops.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUp, ImagePlus, Square } from "lucide-react";
import type { ClipboardEvent, DragEvent, KeyboardEvent, ReactNode } from "react";
import { useLayoutEffect, useRef, useState } from "react";
import { balanceQuery } from "../../api/balance-query.ts";
import { Button } from "../../ui/button.tsx";
import { classes } from "../../ui/class-names.ts";
import { openConnectDialog } from "../../wallets/connect-dialog.tsx";
import { useSession } from "../../session/use-session.ts";
import { IMAGE_TYPES } from "../images/attached-image.ts";
import type { PlaygroundState } from "../playground.ts";
import type { ReadSettings } from "../settings/read-settings.ts";
import { playground } from "../the-playground.ts";
import { ImageList } from "./image-list.tsx";
import type { Readiness } from "./readiness.ts";
import { readinessOf } from "./readiness.ts";
import { useImages } from "./use-images.ts";

const HEIGHT_PX_MAX = 288;

interface ComposerProps {
  readonly state: PlaygroundState;
  readonly settings: ReadSettings;
  readonly onSent: () => void;
}

function QuestionField({
  text,
  onKeyDown,
  onPaste,
}: {
  readonly text: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
}): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const { current } = field;
    if (current === null) return;
    current.style.height = "auto";
    current.style.height = `${Math.min(HEIGHT_PX_MAX, current.scrollHeight)}px`;
  }, [text]);
  return (
    <textarea
      ref={field}
      aria-label="Your question"
      placeholder="Ask something"
      rows={1}
      value={text}
      onChange={(event) => playground.changeDraft({ text: event.target.value })}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      className="block w-full resize-none bg-transparent px-4 pt-3.5 pb-1 outline-none placeholder:text-muted"
    />
  );
}

/** Enter sends, Shift+Enter begins a line; what an input method is composing is not sent. */
const isSendKey = (event: KeyboardEvent): boolean =>
  event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;

/** The button that chooses images. */
function ImageButton({ onOffer }: { readonly onOffer: (files: readonly File[]) => void }): ReactNode {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        accept={IMAGE_TYPES.join(",")}
        onChange={(event) => {
          onOffer([...(event.target.files ?? [])]);
          event.target.value = ""; // so that the same file can be chosen again
        }}
      />
      <Button
        size="icon"
        variant="ghost"
        aria-label="Add images"
        title="Add images: choose, paste or drop them"
        onClick={() => chooser.current?.click()}
      >
        <ImagePlus aria-hidden className="size-4.5" />
      </Button>
    </>
  );
}

function SendButton({ readiness }: { readonly readiness: Readiness }): ReactNode {
  if (readiness.kind === "answering") {
    return (
      <Button size="icon" variant="secondary" aria-label="Stop" title="Stop" onClick={() => playground.stop()}>
        <Square aria-hidden className="size-3.5 fill-current" />
      </Button>
    );
  }
  const isReady = readiness.kind === "ready";
  return (
    <Button size="icon" variant="primary" type="submit" aria-label="Send" title="Send" disabled={!isReady}>
      <ArrowUp aria-hidden className="size-4.5" />
    </Button>
  );
}

/** Why something cannot be sent, or else what the keys do. */
function Hints({ words, isSignedIn }: { readonly words: readonly string[]; readonly isSignedIn: boolean }): ReactNode {
  const { data: balance } = useQuery({ ...balanceQuery, enabled: isSignedIn });
  if (words.length === 0 && balance !== undefined && !/[1-9]/.test(balance.data.available)) {
    return (
      <p role="status" className="min-w-0 flex-1 text-right text-[0.8125rem]">
        There is nothing to spend yet:{" "}
        <Link to="/credits" className="font-medium text-accent underline underline-offset-2">
          deposit USDC
        </Link>
      </p>
    );
  }
  return (
    <div role="status" className="min-w-0 flex-1 text-[0.8125rem]">
      {words.map((line) => (
        <p key={line} className="break-words text-bad">
          {line}
        </p>
      ))}
      {words.length === 0 && (
        <p className="hidden text-right text-xs text-muted sm:block">
          {isSignedIn ? "Enter sends, Shift+Enter begins a line" : "Connect a wallet to send"}
        </p>
      )}
    </div>
  );
}

/** The composer. Without a session everything can be written, and sending asks to connect. */
export function Composer({ state, settings, onSent }: ComposerProps): ReactNode {
  const session = useSession();
  const images = useImages();
  const [isDraggedOver, setIsDraggedOver] = useState(false);
  const readiness = readinessOf(state, settings);
  const send = (): void => {
    if (readiness.kind !== "ready") return;
    if (session.kind !== "in") {
      openConnectDialog();
      return;
    }
    images.forget();
    playground.send();
    onSent();
  };
  const press = (event: KeyboardEvent): void => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    send();
  };
  const drop = (event: DragEvent): void => {
    setIsDraggedOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    images.offer([...event.dataTransfer.files]);
  };
  const paste = (event: ClipboardEvent): void => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    images.offer([...event.clipboardData.files]);
  };
  const words = [...images.refusals, ...(readiness.kind === "blocked" ? [readiness.why] : [])];
  return (
    <form
      aria-label="Question"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setIsDraggedOver(true);
      }}
      onDragLeave={() => setIsDraggedOver(false)}
      onDrop={drop}
      className={classes(
        "rounded-2xl border shadow-card focus-within:border-accent",
        isDraggedOver ? "border-accent bg-accent-soft" : "border-line-strong bg-surface",
      )}
    >
      <ImageList images={state.draft.images} onRemove={images.remove} />
      <QuestionField text={state.draft.text} onKeyDown={press} onPaste={paste} />
      <div className="flex items-center gap-3 p-2">
        <ImageButton onOffer={images.offer} />
        <Hints words={words} isSignedIn={session.kind === "in"} />
        <SendButton readiness={readiness} />
      </div>
    </form>
  );
}
