// Follows a guide as its reader would: files are saved, commands typed into one shell, in an empty folder.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@aimo-network/protocol/clock";
import type { GuideBlock } from "./guide-blocks.ts";
import { readGuideBlocks } from "./guide-blocks.ts";
import type { ShellResult } from "./guide-shell.ts";
import { GuideShell } from "./guide-shell.ts";

/** A block that was followed. */
export interface WalkedBlock extends ShellResult {
  readonly block: GuideBlock;
  readonly ms: number;
}

/** What the reader has, and what stands for what of the guide. */
export interface GuideWalk {
  readonly file: URL;
  /** Empty; it becomes the reader's home. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The guide's examples that stand for something of the reader's own: each has to be in it. */
  readonly instead: Readonly<Record<string, string>>;
  /** The line by which a block that `stays` says that it is ready. */
  readonly isReady: RegExp;
  /** What happens beside the guide before a block: somebody sends money, time passes. */
  readonly before?: (block: GuideBlock, walked: readonly WalkedBlock[]) => Promise<void>;
  /** The exit code of a block, where the guide says that it fails. */
  readonly codeOf?: (block: GuideBlock) => number;
}

const BLOCKS_TOLD = 4; // why a command fails may be in what one before it said
/** A block `sh` is typed, one with a file's name is saved, `sh stays` goes on beside what follows; `text` is only read. */
const READ_ONLY = new Set(["text", ""]);

function replaced(text: string, instead: GuideWalk["instead"]): string {
  return Object.entries(instead).reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
}

function checkReplacements(markdown: string, { instead, file }: GuideWalk): void {
  for (const from of Object.keys(instead)) {
    if (!markdown.includes(from)) throw new Error(`${file.pathname} does not say ${from}`);
  }
}

async function follow(block: GuideBlock, shell: GuideShell, walk: GuideWalk): Promise<ShellResult> {
  const text = replaced(block.text, walk.instead);
  const [word] = block.words;
  if (block.language === "sh" && word === "stays") return await shell.start(text, walk.isReady);
  if (block.language === "sh" && word === undefined) return await shell.run(text);
  if (word === undefined || block.language === "sh") {
    throw new Error(`line ${block.line}: nobody knows how to follow a block of ${block.language} ${word ?? ""}`);
  }
  writeFileSync(join(walk.folder, word), `${text}\n`);
  return { code: 0, output: "" };
}

/** Follows a guide to its end, and stops what stays; throws at the first block that does not end as the guide has it. */
export async function walkGuide(walk: GuideWalk): Promise<readonly WalkedBlock[]> {
  const markdown = readFileSync(walk.file, "utf8");
  checkReplacements(markdown, walk);
  const shell = new GuideShell(walk.folder, walk.environment);
  const walked: WalkedBlock[] = [];
  try {
    for (const block of readGuideBlocks(markdown)) {
      if (READ_ONLY.has(block.language)) continue;
      await walk.before?.(block, walked);
      const startMs = systemClock.monotonic();
      const result = await follow(block, shell, walk);
      walked.push({ block, ...result, ms: systemClock.monotonic() - startMs });
      const expected = walk.codeOf?.(block) ?? 0;
      if (result.code === expected) continue;
      const said = walked.slice(-BLOCKS_TOLD).map((each) => `${each.block.text}\n${each.output}`);
      throw new Error(
        `line ${block.line} of ${walk.file.pathname} ended with ${result.code}, not ${expected}:\n${said.join("\n")}`,
      );
    }
  } finally {
    await shell.end();
  }
  return walked;
}
