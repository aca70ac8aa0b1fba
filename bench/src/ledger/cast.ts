// Who takes part: users with money and one key each, providers among them, and what they trade.
import { microUsdc } from "@aimo-network/protocol/money";
import type { BenchBooks } from "./bench-books.ts";

/** Numbers that lock and charge name; users, their keys and their wallets count from 1 alike. */
export interface Cast {
  readonly users: number;
  /** The first of the users. */
  readonly providers: number;
  readonly model: number;
  readonly price: number;
}

// Numbers are given in the order of the rows, and nothing was there before, so that user n has key n.
const STATEMENTS = [
  "INSERT INTO wallets (address) SELECT sha256(n::text::bytea) FROM generate_series(1, $1::integer) n",
  "INSERT INTO users (id, available, has_deposited) SELECT id, 1e12, true FROM wallets WHERE id <= $1 ORDER BY id",
  "INSERT INTO providers (id) SELECT id FROM wallets WHERE id <= $1",
  `INSERT INTO keys (key_id, user_id, created_at) SELECT substring(sha256(id::text::bytea), 1, 16), id, now()
    FROM users WHERE id <= $1 ORDER BY id`,
  "UPDATE router_accounts SET vault = 1e12 * $1::integer",
];

/** Fills fresh books with them. */
export async function enterCast({ patient, ledger }: BenchBooks, users: number, providers: number): Promise<Cast> {
  for (const statement of STATEMENTS) await patient.query(statement, [users]);
  const price = { prompt: microUsdc(100_000n), completion: microUsdc(400_000n) };
  return {
    users,
    providers,
    model: await ledger.numbers.model("mock/bench"),
    price: await ledger.numbers.price(price),
  };
}
