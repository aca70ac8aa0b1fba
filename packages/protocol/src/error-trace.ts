// Errors as a log may show them: what broke and where, without their words, which quote prompts, answers and keys.

/** What is logged of an error. */
export interface ErrorTrace {
  readonly name: string;
  readonly code?: string;
  /** The lines of its stack that name a place in the code. */
  readonly frames: readonly string[];
  readonly cause?: ErrorTrace;
}

const CAUSES_MAX = 4; // a chain longer than this repeats itself
const FRAMES_MAX = 12; // enough to find the place; logs are read by people
const WORD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

// The shape in which V8 writes a place: nothing a message could fill with text of its own beside a path.
const FRAME = /^\s+at (?:(?:async |new )?[\w$.<>#[\] ]{1,120} \()?(?:file:\/\/|node:|\/)[^\s()]{1,400}:\d+:\d+\)?$/;

function word(value: unknown): string | undefined {
  return typeof value === "string" && WORD.test(value) ? value : undefined;
}

/** The places in a stack; the message stands before them and may itself look like a stack. */
function framesOf({ stack = "", message }: Error): string[] {
  const messageStart = stack.indexOf(message);
  if (messageStart === -1) return []; // it was changed, so nothing tells its words from places
  return stack
    .slice(messageStart + message.length)
    .split("\n")
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim());
}

function traceAt(thrown: unknown, depth: number): ErrorTrace {
  if (!(thrown instanceof Error)) return { name: `a thrown ${typeof thrown}`, frames: [] };
  const code = "code" in thrown ? word(thrown.code) : undefined;
  const cause = thrown.cause === undefined || depth >= CAUSES_MAX ? undefined : traceAt(thrown.cause, depth + 1);
  return {
    name: word(thrown.name) ?? "Error",
    ...(code !== undefined && { code }),
    frames: framesOf(thrown),
    ...(cause !== undefined && { cause }),
  };
}

/** What may be logged of anything that was thrown: names, codes and places, never a message. */
export function errorTrace(thrown: unknown): ErrorTrace {
  return traceAt(thrown, 1);
}
