// A batch as the arrays `ledger_post` takes, in PostgreSQL's own text form: building it here costs less than the driver's general way.
import { uuidTimeMs } from "@aimo-network/protocol/ids";
import type { ChargeCommand, LockCommand } from "./commands.ts";

const list = (items: readonly (string | number | bigint | boolean)[]): string => `{${items.join(",")}}`;

/** Text of an array's element: quoted, so that no character of it means anything. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

const bytes = (value: Buffer | undefined): string =>
  value === undefined ? "NULL" : String.raw`"\\x${value.toString("hex")}"`;

const time = (ms: number): string => quoted(new Date(ms).toISOString());

const MS_PER_DAY = 86_400_000;
const days = new Map<number, string>();
const DAYS_KEPT_MAX = 100; // a router sees today and yesterday; a test's clock may jump

/** The UTC day of a UUID version 7, such as `2026-11-25`: where its generation is stored. */
function dayOf(id: string): string {
  const dayNumber = Math.floor(uuidTimeMs(id) / MS_PER_DAY);
  let day = days.get(dayNumber);
  if (day === undefined) {
    day = new Date(dayNumber * MS_PER_DAY).toISOString().slice(0, 10);
    if (days.size >= DAYS_KEPT_MAX) days.clear();
    days.set(dayNumber, day);
  }
  return day;
}

const KINDS = { released: 0, shown: 1, charged: 2 } as const;
const UNPRINTABLE = /[^\x20-\x7e]/g; // PostgreSQL stores no zero bytes
const FINISH_REASON_CHARS_MAX = 40; // the column's; known reasons have at most 14

function chargeArrays(charges: readonly ChargeCommand[]): string[] {
  return [
    list(charges.map(({ id }) => id)),
    list(charges.map(({ id }) => dayOf(id))),
    list(charges.map(({ user }) => user)),
    list(charges.map(({ kind }) => KINDS[kind])),
    list(charges.map(({ amount }) => amount)),
    list(charges.map(({ provider }) => provider)),
    list(charges.map(({ model }) => model)),
    list(charges.map(({ price }) => price)),
    list(charges.map(({ usage }) => usage.promptTokens)),
    list(charges.map(({ usage }) => usage.completionTokens)),
    list(charges.map(({ usage }) => usage.cachedTokens)),
    list(charges.map(({ usage }) => usage.reasoningTokens)),
    list(charges.map(({ firstOutputMs }) => firstOutputMs ?? "NULL")),
    list(charges.map(({ durationMs }) => durationMs)),
    list(charges.map(({ imageCount }) => imageCount)),
    list(charges.map(({ flags }) => flags)),
    list(
      charges.map(({ finishReason }) =>
        quoted(finishReason.replaceAll(UNPRINTABLE, "?").slice(0, FINISH_REASON_CHARS_MAX)),
      ),
    ),
    list(charges.map(({ app }) => app ?? 0)),
    list(charges.map(({ unpaid }) => (unpaid === undefined ? "NULL" : quoted(unpaid.reason)))),
    list(charges.map(({ unpaid }) => unpaid?.amount ?? 0n)),
  ];
}

function lockArrays(locks: readonly LockCommand[]): string[] {
  return [
    list(locks.map(({ id }) => id)),
    list(locks.map(({ user }) => user)),
    list(locks.map(({ key }) => key)),
    list(locks.map(({ provider }) => provider)),
    list(locks.map(({ model }) => model)),
    list(locks.map(({ price }) => price)),
    list(locks.map(({ full }) => full)),
    list(locks.map(({ least }) => least)),
    list(locks.map(({ tokens }) => tokens)),
    list(locks.map(({ deadlineMs }) => time(deadlineMs))),
    list(locks.map(({ promptTokensMax }) => promptTokensMax)),
    list(locks.map(({ outputTokensMax }) => outputTokensMax)),
    list(locks.map(({ imageCount }) => imageCount)),
    list(locks.map(({ stream }) => stream)),
    list(locks.map(({ idempotency }) => bytes(idempotency?.keyHash))),
    list(locks.map(({ idempotency }) => bytes(idempotency?.bodyHash))),
  ];
}

const PARAMETERS = 4 + 20 + 16;

/** The statement that posts a batch; prepared once per connection. */
export const POST_STATEMENT = `SELECT * FROM ledger_post(${Array.from({ length: PARAMETERS }, (_, index) => `$${index + 1}`).join(",")})`;

/**
 * What a connection is set to before it posts batches: plans are made once, maybe while the tables are empty, and only nested loops
 * by primary key stay right. Set for the connection, not by the functions, which would set and unset it for every batch.
 */
export const POST_SETTINGS = [
  "plan_cache_mode = force_generic_plan",
  ...["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"].map((name) => `${name} = off`),
]
  .map((setting) => `SET ${setting}`)
  .join("; ");

/** The values of `POST_STATEMENT`. */
export function postValues(
  batch: { readonly charges: readonly ChargeCommand[]; readonly locks: readonly LockCommand[] },
  context: { nowMs: number; instance: number; careful: boolean; rates: readonly bigint[] },
): string[] {
  return [
    new Date(context.nowMs).toISOString(),
    String(context.instance),
    String(context.careful),
    list(context.rates),
    ...chargeArrays(batch.charges),
    ...lockArrays(batch.locks),
  ];
}
