// The text of an answer: Markdown that can do nothing, drawn block by block so that a long one stays smooth while it grows.
import type { ReactNode } from "react";
import { memo, useEffect, useMemo, useState } from "react";
import { BLOCK_CHARS_MAX, DRAWN_CHARS_STEP, GROWING_BLOCK_CHARS_MAX } from "../limits.ts";
import type { Block } from "./blocks.ts";
import { cutBlocks, isReadWhole } from "./blocks.ts";
import { CodeView } from "./code-view.tsx";
import { asWritten, createInertMarkdown } from "./inert-markdown.ts";

const STRETCH_BLOCKS = 24; // what a browser may leave undrawn at once while it is out of sight

type Draw = (text: string) => ReactNode;

interface BlockProps {
  readonly block: Block;
  readonly draw: Draw;
}

function isSameBlock(one: Block, other: Block | undefined): boolean {
  return one.kind === other?.kind && one.text === other.text && one.isClosed === other.isClosed;
}

const BlockView = memo(
  ({ block, draw }: BlockProps): ReactNode => {
    const { kind, text, language, isClosed } = block;
    if (kind === "code") return <CodeView code={text} language={language} />;
    const charsMax = isClosed ? BLOCK_CHARS_MAX : GROWING_BLOCK_CHARS_MAX;
    return kind === "plain" || text.length > charsMax ? asWritten(text) : draw(text);
  },
  (one, other) => one.draw === other.draw && isSameBlock(one.block, other.block),
);

const Whole = memo(({ text, draw }: { readonly text: string; readonly draw: Draw }): ReactNode => draw(text));

interface StretchProps {
  readonly blocks: readonly Block[];
  readonly draw: Draw;
}

/** Some blocks behind each other. */
const Stretch = memo(
  ({ blocks, draw }: StretchProps): ReactNode => (
    <div className="flex min-w-0 flex-col gap-3 [contain-intrinsic-size:auto_50rem] [content-visibility:auto] [&>*]:min-w-0">
      {/* Blocks only ever come behind others, so that their place names them. */}
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} draw={draw} />
      ))}
    </div>
  ),
  (one, other) =>
    one.draw === other.draw &&
    one.blocks.length === other.blocks.length &&
    one.blocks.every((block, index) => isSameBlock(block, other.blocks[index])),
);

function stretchesOf(blocks: readonly Block[]): (readonly Block[])[] {
  const count = Math.ceil(blocks.length / STRETCH_BLOCKS);
  return Array.from({ length: count }, (_, at) => blocks.slice(at * STRETCH_BLOCKS, (at + 1) * STRETCH_BLOCKS));
}

interface AnswerTextProps {
  readonly text: string;
  /** Whether no more of it comes. */
  readonly isEnded: boolean;
  /** Tells this answer's footnotes from those of others. */
  readonly idPrefix: string;
}

/** As much of a text as is drawn now: never more than a step beyond what was drawn before. */
function useDrawnPart(text: string): string {
  const [drawn, setDrawn] = useState(0);
  const end = Math.min(text.length, drawn + DRAWN_CHARS_STEP);
  useEffect(() => {
    if (end - drawn >= DRAWN_CHARS_STEP / 2) setDrawn(end);
  }, [end, drawn]);
  return text.slice(0, end);
}

/** Draws the text. */
export function AnswerText({ text, isEnded, idPrefix }: AnswerTextProps): ReactNode {
  const draw = useMemo(() => createInertMarkdown({ idPrefix, code: CodeView }), [idPrefix]);
  const drawn = useDrawnPart(text);
  const isAll = isEnded && drawn.length === text.length;
  const isWhole = useMemo(() => isAll && isReadWhole(text), [isAll, text]);
  const blocks = useMemo(() => (isWhole ? [] : cutBlocks(drawn, isAll)), [drawn, isAll, isWhole]);
  return (
    <div className="flex min-w-0 flex-col gap-3 leading-relaxed [&>*]:min-w-0">
      {isWhole ? (
        <Whole text={text} draw={draw} />
      ) : (
        stretchesOf(blocks).map((stretch, index) => <Stretch key={index} blocks={stretch} draw={draw} />)
      )}
    </div>
  );
}
