// What of the activity is asked for.
import type { CommandInput } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { GENERATIONS_LISTED_MAX } from "../limits.ts";

/** What is to be listed. */
export interface ActivityWish {
  readonly isGenerations: boolean;
  readonly limit: number;
  readonly model: string | undefined;
  readonly day: string | undefined;
  readonly isCsv: boolean;
}

function wrong(what: string, next: string): CommandFault {
  return new CommandFault({ what, next, reason: "usage" });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Reads it; throws `CommandFault` for what cannot be asked for. */
export function readActivityWish({ options }: CommandInput, isJson: boolean): ActivityWish {
  const limit = textOf(options["limit"]) ?? "20";
  const day = textOf(options["day"]);
  const isCsv = options["csv"] === true;
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number.parseInt(limit, 10) > GENERATIONS_LISTED_MAX) {
    throw wrong(`--limit: expected 1 to ${GENERATIONS_LISTED_MAX}.`, "Narrow it down with --day or --model.");
  }
  if (day !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))) {
    throw wrong("--day: expected a day in UTC such as 2026-11-26.", "Write it as year, month and day.");
  }
  if (isCsv && isJson) throw wrong("--csv and --json are two forms of the same.", "Leave one out.");
  return {
    isGenerations: options["generations"] === true,
    limit: Number.parseInt(limit, 10),
    model: textOf(options["model"])?.toLowerCase(),
    day,
    isCsv,
  };
}
