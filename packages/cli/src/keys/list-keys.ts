// `aimo keys list`: the keys that a router has issued to the wallet.
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { RunCommand } from "../command-spec.ts";
import { ISSUED_KEYS_LISTED_MAX, ISSUED_KEYS_PER_PAGE } from "../limits.ts";
import { findRouter } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import type { Session } from "../network/sign-in.ts";
import { signIn } from "../network/sign-in.ts";
import { tableText } from "../terminal/table.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import type { KeyRecord } from "./issued-record.ts";
import { readKeyRecord } from "./issued-record.ts";

const PATH = "/api/v1/keys";
const PageShape = Type.Object({ data: Type.Array(Type.Unknown(), { maxItems: ISSUED_KEYS_PER_PAGE }) });

async function readAll(session: Session, url: string, isAll: boolean): Promise<readonly KeyRecord[]> {
  const records: KeyRecord[] = [];
  while (records.length < ISSUED_KEYS_LISTED_MAX) {
    const page = await session.call(PATH, {
      query: { offset: `${records.length}`, limit: `${ISSUED_KEYS_PER_PAGE}`, include_disabled: `${isAll}` },
      what: "The router lists no keys.",
    });
    if (!Value.Check(PageShape, page)) throw strangeAnswer(url, PATH);
    records.push(...page.data.map((each) => readKeyRecord(each, url, PATH)));
    if (page.data.length < ISSUED_KEYS_PER_PAGE) break;
  }
  return records;
}

function stateOf({ revoked_at: revokedAt, disabled, expires_at: end }: KeyRecord, nowMs: number): string {
  if (revokedAt !== null) return "revoked";
  if (end !== null && Date.parse(end) <= nowMs) return "expired";
  return disabled ? "disabled" : "good";
}

function budgetOf({ limit, limit_reset: reset }: KeyRecord): string {
  return limit === null ? "none" : `${limit}${reset === null ? "" : ` ${reset}`}`;
}

const COLUMNS = [
  { title: "KEY ID" },
  { title: "NAME", isElastic: true },
  { title: "LIMIT", isNumber: true },
  { title: "SPENT", isNumber: true },
  { title: "LEFT", isNumber: true },
  { title: "EXPIRES" },
  { title: "STATE" },
];

/** Lists the issued keys of the wallet. */
export const listKeys: RunCommand = async (context, { options }) => {
  const wallet = await openWallet(context);
  const router = await findRouter(context);
  const session = await signIn(context, router.client, wallet);
  try {
    const records = await readAll(session, router.client.url, options["all"] === true);
    const { terminal, clock } = context;
    const keys = records.map((record) => ({ ...record, state: stateOf(record, clock.now()) }));
    if (keys.length === 0) terminal.note("No keys were issued to this wallet here: aimo keys create makes one.");
    const rows = keys.map((key) => [
      key.key_id,
      key.name,
      budgetOf(key),
      key.usage,
      key.limit_remaining ?? "",
      key.expires_at?.slice(0, 10) ?? "never",
      key.state,
    ]);
    const paint = (cell: string, row: number, column: number): string =>
      column === COLUMNS.length - 1 && keys[row]?.state !== "good" ? terminal.style.bad(cell) : cell;
    const text = keys.length === 0 ? "" : tableText(COLUMNS, rows, { width: terminal.width, paint });
    return { data: { router: router.id, wallet: wallet.address, keys }, text };
  } finally {
    await session.end();
  }
};
