// What the doctor asks, and what it finds: one line each, with its remedy.
import { CommandFault } from "../fault.ts";

/** `good`, `bad`, or `open`: it could not be asked, or does not matter here; the words say which. */
export interface Finding {
  readonly verdict: "good" | "bad" | "open";
  readonly words: string;
  /** What to type or do. */
  readonly next?: string;
}

/** One question. */
export interface Question {
  /** Stable, for programs: `wallet`, `key.expiry`. */
  readonly id: string;
  readonly name: string;
  /** How long its answer is waited for; the usual time without it. */
  readonly waitMs?: number;
  ask(): Promise<Finding>;
}

/** Ends a question that cannot be asked, since what it needs is not there. */
export class NotAsked extends Error {
  override readonly name = "NotAsked";
  readonly next: string | undefined;

  constructor(words: string, next?: string) {
    super(words);
    this.next = next;
  }
}

/** A finding that is as it should be. */
export function good(words: string): Finding {
  return { verdict: "good", words };
}

/** A finding that is wrong. */
export function bad(words: string, next: string): Finding {
  return { verdict: "bad", words, next };
}

/** What a question that threw has found. */
export function findingOf(error: unknown): Finding {
  if (error instanceof NotAsked) {
    return { verdict: "open", words: error.message, ...(error.next !== undefined && { next: error.next }) };
  }
  if (!(error instanceof CommandFault)) {
    // A doctor that falls over one question would say nothing about the others.
    const words = `aimo itself failed: ${error instanceof Error ? error.message : String(error)}`;
    return bad(words, "Report it, with what `aimo doctor --json` prints.");
  }
  const { what, why, next } = error.words;
  return { verdict: "bad", words: why === undefined ? what : `${what} ${why}`, ...(next !== undefined && { next }) };
}

/** What another question is about, for one that needs it: what is wrong there is told there. */
export async function needed<Value>(value: Promise<Value>, words: string): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof NotAsked) throw error;
    if (error instanceof CommandFault) throw new NotAsked(`not asked: ${words}`);
    throw error;
  }
}
