// What a request leaves in the database: bytes of its rows and of their indexes, as they lie on disk.
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";
import type { BenchBooks } from "./bench-books.ts";

const GENERATION_BYTES_MAX = 400; // with its indexes

const TABLES = [
  { name: "generations", title: "its generation", atMost: GENERATION_BYTES_MAX },
  { name: "journal", title: "its entries in the journal" },
  { name: "locks", title: "its lock, kept for two days" },
] as const;

// A table by itself, or all its partitions.
const SIZE = `SELECT sum(pg_table_size(relid))::float8 AS rows, sum(pg_indexes_size(relid))::float8 AS indexes
  FROM (SELECT $1::regclass AS relid UNION SELECT relid::regclass FROM pg_partition_tree($1::regclass)) t`;

interface Size {
  readonly rows: number;
  readonly indexes: number;
}

/** Figures of books in which as many generations are as the table of them has. */
export async function rowSizeFigures({ patient }: BenchBooks): Promise<Figure[]> {
  const [counted] = await patient.query<{ count: number }>("SELECT count(*)::float8 AS count FROM generations");
  const requests = counted?.count ?? 0;
  const figures: Figure[] = [];
  for (const { name, title, ...bound } of TABLES) {
    const [size] = await patient.query<Size>(SIZE, [name]);
    const { rows = 0, indexes = 0 } = size ?? {};
    const about = { table: "What a request leaves in the database, bytes", case: title, digits: 0 };
    figures.push(
      figure({ ...about, what: "rows" }, [rows / requests]),
      figure({ ...about, what: "indexes" }, [indexes / requests]),
      figure({ ...about, what: "together", ...bound }, [(rows + indexes) / requests]),
    );
  }
  return figures;
}
