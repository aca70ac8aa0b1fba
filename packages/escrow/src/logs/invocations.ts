// Who logged what: the calls of a transaction, as the runtime's own lines frame them.

/** One call of a program, on its own or by another program. */
export interface Invocation {
  readonly program: string;
  /** 1 for an instruction of the transaction itself. */
  readonly depth: number;
  /** Which of the transaction's instructions it belongs to, counted from 0 among those that log; precompiles do not. */
  readonly ordinal: number;
  /** `open` where the log ends before the call does. */
  readonly outcome: "success" | "failed" | "open";
  /** What the runtime said of a failure. */
  readonly reason?: string;
  /** The lines this call itself logged with `sol_log_data`, still in base64. */
  readonly data: readonly string[];
  /** The words this call itself logged. */
  readonly words: readonly string[];
}

/** What a log says. */
export interface InvocationLog {
  /** In the order in which the calls began. */
  readonly invocations: readonly Invocation[];
  /** The call that failed first: where one program calls another, the one that said no. */
  readonly failed: Invocation | undefined;
  /** False where lines are missing: the node cut the log, or its frames do not match. */
  readonly isWhole: boolean;
}

interface OpenInvocation extends Invocation {
  outcome: Invocation["outcome"];
  reason?: string;
  readonly data: string[];
  readonly words: string[];
}

// A program's own words always follow `Program log: `, in one element of the array whatever line breaks they have,
// so that no word of a program can look like one of these lines. Each has to match a whole element.
const CALL = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) invoke \[([0-9]{1,2})\]$/;
const SUCCESS = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) success$/;
const FAILURE = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) failed: ([^]*)$/;
const DATA = /^Program data: ([^]*)$/;
const WORDS = /^Program log: ([^]*)$/;

/** Reads a transaction's log; stops where its frames do not match. */
export function readInvocations(logs: readonly string[]): InvocationLog {
  const invocations: OpenInvocation[] = [];
  const stack: OpenInvocation[] = [];
  let failed: Invocation | undefined;
  let ordinal = -1;
  const end = (isWhole: boolean): InvocationLog => ({ invocations, failed, isWhole: isWhole && stack.length === 0 });
  for (const line of logs) {
    const [, called, depthWords] = CALL.exec(line) ?? [];
    const [, failing, reason] = FAILURE.exec(line) ?? [];
    const ended = SUCCESS.exec(line)?.[1] ?? failing;
    const current = stack.at(-1);
    if (called !== undefined) {
      if (depthWords !== `${stack.length + 1}`) return end(false);
      if (stack.length === 0) ordinal += 1;
      const depth = stack.length + 1;
      const begun: OpenInvocation = { program: called, depth, ordinal, outcome: "open", data: [], words: [] };
      invocations.push(begun);
      stack.push(begun);
    } else if (ended !== undefined) {
      if (current?.program !== ended) return end(false);
      current.outcome = failing === undefined ? "success" : "failed";
      if (reason !== undefined) current.reason = reason;
      if (failing !== undefined) failed ??= current;
      stack.pop();
    } else if (line === "Log truncated") {
      return end(false);
    } else {
      const [, data] = DATA.exec(line) ?? [];
      const [, words] = WORDS.exec(line) ?? [];
      if (data !== undefined) current?.data.push(data);
      if (words !== undefined) current?.words.push(words);
    }
  }
  return end(true);
}
