// Amounts that a router tells, with every digit.
import { isAimoError } from "@aimo-network/protocol/errors";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { NanoUsdc } from "@aimo-network/protocol/money";

/** A member that is decimal USDC, written as a text or as a number; undefined for anything else. */
export function usdcIn(value: unknown, name: string): NanoUsdc | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  if (typeof member !== "string" && typeof member !== "number") return undefined;
  try {
    return parseNanoUsdc(`${member}`);
  } catch (error) {
    if (isAimoError(error, "invalid_amount")) return undefined;
    throw error;
  }
}
