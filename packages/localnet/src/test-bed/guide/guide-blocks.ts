// What a guide asks its reader to do: the fenced blocks of its Markdown, in their order.

/** A fenced block. */
export interface GuideBlock {
  /** What it is written in: `sh`, `toml`. */
  readonly language: string;
  /** What stands behind the language: a file's name to save it under, or what is said of the command. */
  readonly words: readonly string[];
  readonly text: string;
  /** The heading it stands under. */
  readonly heading: string;
  /** Of the file, counted from 1, for whoever has to find it. */
  readonly line: number;
}

const FENCE = /^( *)(```+)\s*(\S*)\s*(.*)$/;

/** Reads the fenced blocks of a Markdown text; throws for one that does not end. */
export function readGuideBlocks(markdown: string): readonly GuideBlock[] {
  const blocks: GuideBlock[] = [];
  let heading = "";
  let open: { readonly block: Omit<GuideBlock, "text">; readonly fence: string; readonly indent: number } | undefined;
  let lines: string[] = [];
  for (const [index, line] of markdown.split("\n").entries()) {
    if (open !== undefined) {
      if (line.trim() === open.fence) {
        blocks.push({ ...open.block, text: lines.join("\n") });
        open = undefined;
      } else lines.push(line.slice(open.indent));
      continue;
    }
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    const [, indent = "", fence, language = "", words = ""] = FENCE.exec(line) ?? [];
    if (fence === undefined) continue;
    lines = [];
    const block = { language, words: words.split(/\s+/).filter((word) => word !== ""), heading, line: index + 1 };
    open = { block, fence, indent: indent.length };
  }
  if (open !== undefined) throw new Error(`the block of line ${open.block.line} has no end`);
  return blocks;
}
