// Whether a command's values fit the columns they are for: one that does not is turned away before it can fail a whole batch.
import type { ChargeCommand, LockCommand } from "./commands.ts";

/** What a column of integers holds. */
export const INTEGER_MAX = 2 ** 31 - 1;
const SMALLINT_MAX = 2 ** 15 - 1;
const BIGINT_MAX = 2n ** 63n - 1n;
const TIME_MS_MAX = 8.64e15; // beyond it there is no date

const fits = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;
const isAmount = (value: bigint): boolean => value >= 0n && value <= BIGINT_MAX;

/** Whether a lock's values can be stored. */
export function isStorableLock(command: LockCommand): boolean {
  const { user, key, provider, model, price, full, least, imageCount, deadlineMs } = command;
  const integers = [
    user,
    key,
    provider,
    model,
    price,
    command.tokens,
    command.promptTokensMax,
    command.outputTokensMax,
  ];
  return (
    integers.every((value) => fits(value, INTEGER_MAX)) &&
    fits(imageCount, SMALLINT_MAX) &&
    fits(deadlineMs, TIME_MS_MAX) &&
    isAmount(full) &&
    isAmount(least)
  );
}

/** Whether a charge's values can be stored. */
export function isStorableCharge(command: ChargeCommand): boolean {
  const { user, provider, model, price, usage, durationMs, firstOutputMs, imageCount, flags, amount, unpaid } = command;
  const app = Math.abs(command.app ?? 0); // below 0 where it counts in public
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  const integers = [user, provider, model, price, durationMs, firstOutputMs ?? 0, promptTokens, completionTokens, app];
  return (
    integers.every((value) => fits(value, INTEGER_MAX)) &&
    fits(promptTokens + completionTokens, INTEGER_MAX) && // their sum corrects what was reserved
    fits(cachedTokens, promptTokens) &&
    fits(reasoningTokens, completionTokens) &&
    fits(imageCount, SMALLINT_MAX) &&
    fits(flags, SMALLINT_MAX) &&
    isAmount(amount) &&
    isAmount(unpaid?.amount ?? 0n)
  );
}
