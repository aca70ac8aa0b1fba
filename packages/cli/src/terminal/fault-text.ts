// A fault as a person reads it, and as a program does.
import { safeLine } from "@aimo-network/protocol/safe-line";
import { CommandFault } from "../fault.ts";
import type { FaultWords } from "../fault.ts";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Style } from "./style.ts";

/** What of anything thrown is told; what nobody foresaw is a fault of this program, and says so. */
export function faultWords(error: unknown): FaultWords {
  if (error instanceof CommandFault) return error.words;
  if (isAimoError(error)) return { what: safeLine(error.message), reason: "refused", code: error.code };
  const why = safeLine(error instanceof Error ? error.message : String(error)); // it may quote what somebody else wrote
  return {
    what: "aimo itself failed.",
    why,
    next: "Run it again with AIMO_TRACE=1 and report what it prints.",
    reason: "failed",
  };
}

/** The lines for standard error: what happened, why, what next. */
export function faultText({ what, why, next }: FaultWords, style: Style): string {
  const lines = [`${style.bad("✗")} ${what}`];
  if (why !== undefined) lines.push(`  ${style.faint("why:")} ${why}`);
  if (next !== undefined) lines.push(`  ${style.faint("next:")} ${next}`);
  return lines.join("\n");
}

/** The same for --json. */
export function faultJson({ what, why, next, reason, code }: FaultWords, exitCode: number): object {
  return { error: { code: code ?? reason, message: what, why, next, exit_code: exitCode } };
}
