// Proves the books from the journal and the chained closing balances alone, and says what differs.
import { base58 } from "@scure/base";
import { nanoWords } from "./nano-words.ts";
import type { Database } from "./database/database.ts";
import { LEDGER_CHECKS } from "./ledger-checks.ts";
import { LEDGER_DIFFERENCES_SHOWN_MAX } from "./limits.ts";

/** Something that is not as it must be; amounts in nano-USDC. */
export interface LedgerDifference {
  readonly check: string;
  readonly account: string;
  /** Base58; undefined where the account has none. */
  readonly user: string | undefined;
  readonly provider: string | undefined;
  readonly day: string | undefined;
  readonly expected: bigint;
  readonly found: bigint;
}

/** What a check has found. */
export interface LedgerReport {
  /** The first of each kind. */
  readonly differences: readonly LedgerDifference[];
  readonly count: bigint;
  readonly accounts: bigint;
  readonly daysClosed: bigint;
  readonly vault: bigint;
}

interface Row {
  readonly account: string;
  readonly user_address: Buffer | null;
  readonly provider_address: Buffer | null;
  readonly day: string | null;
  readonly expected: bigint;
  readonly found: bigint;
  readonly total: bigint;
}

// What is at most shown is chosen in the database: this process holds a few hundred rows, however wrong the books are.
function question(text: string): string {
  return `SELECT d.account, u.address AS user_address, p.address AS provider_address, d.day::text AS day,
      coalesce(d.expected, 0)::numeric AS expected, coalesce(d.found, 0)::numeric AS found, d.total
    FROM (SELECT t.*, count(*) OVER () AS total FROM (${text}) t ORDER BY day, account, user_id, provider_id LIMIT $1) d
    LEFT JOIN wallets u ON u.id = d.user_id LEFT JOIN wallets p ON p.id = d.provider_id`;
}

const TOTALS = `SELECT (SELECT count(*) FROM ledger_balances) AS accounts, (SELECT count(*) FROM closings) AS closed, vault
  FROM router_accounts`;

const addressOf = (bytes: Buffer | null): string | undefined => (bytes === null ? undefined : base58.encode(bytes));

/** Checks everything as it was at one moment; a router may run on the database meanwhile. */
export function checkLedger(database: Database): Promise<LedgerReport> {
  return database.transaction(async (query) => {
    await query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const differences: LedgerDifference[] = [];
    let count = 0n;
    for (const { name, text } of LEDGER_CHECKS) {
      const rows = await query<Row>(question(text), [LEDGER_DIFFERENCES_SHOWN_MAX]);
      count += rows[0]?.total ?? 0n;
      for (const { account, user_address, provider_address, day, expected, found } of rows) {
        const wallets = { user: addressOf(user_address), provider: addressOf(provider_address) };
        differences.push({ check: name, account, ...wallets, day: day ?? undefined, expected, found });
      }
    }
    const [totals] = await query<{ accounts: bigint; closed: bigint; vault: bigint }>(TOTALS);
    const { accounts = 0n, closed: daysClosed = 0n, vault = 0n } = totals ?? {};
    return { differences, count, accounts, daysClosed, vault };
  });
}

/** Accounts of which things are counted, not money. */
const COUNTED: readonly string[] = ["entries", "batch"];

function line({ check, account, user, provider, day, expected, found }: LedgerDifference): string {
  const who = [user, provider].filter((wallet) => wallet !== undefined).join(" → ");
  const where = `${account}${who === "" ? "" : ` of ${who}`}${day === undefined ? "" : ` on ${day}`}`;
  if (account === "closing") return `${check}: ${day}`;
  const words = COUNTED.includes(account) ? String : nanoWords;
  return `${check}: ${where}: expected ${words(expected)}, found ${words(found)}`;
}

/** The report as lines for a terminal. */
export function reportLines({ differences, count, accounts, daysClosed, vault }: LedgerReport): readonly string[] {
  if (count === 0n) {
    return [`The books are right: ${accounts} accounts, ${daysClosed} closed days, ${nanoWords(vault)} in the vault.`];
  }
  const hidden = count - BigInt(differences.length);
  return [
    `The books are wrong in ${count} places:`,
    ...differences.map((difference) => `  ${line(difference)}`),
    ...(hidden > 0n ? [`  and ${hidden} more`] : []),
  ];
}
