// How values of PostgreSQL arrive: whole numbers that money is made of as bigint, never as floats.
import { types } from "pg";

type Parse = (value: string) => unknown;
const parsers = types as unknown as { getTypeParser(id: number, format?: string): Parse };

const INT8 = 20;
const NUMERIC = 1700; // what sum() of BIGINT gives: whole here, anything else throws
const INT8_ARRAY = 1016;
const NUMERIC_ARRAY = 1231;
const TEXT_ARRAY = 1009;

function wholeNumbers(value: string): (bigint | null)[] {
  const items = parsers.getTypeParser(TEXT_ARRAY)(value) as (string | null)[];
  return items.map((item) => (item === null ? null : BigInt(item)));
}

const WHOLE_PARSERS: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [INT8, BigInt],
  [NUMERIC, BigInt],
  [INT8_ARRAY, wholeNumbers],
  [NUMERIC_ARRAY, wholeNumbers],
]);

/** The parsers that the driver is given in place of its own. */
export const columnTypes = {
  getTypeParser: (id: number, format?: string): Parse =>
    (format === "binary" ? undefined : WHOLE_PARSERS.get(id)) ?? parsers.getTypeParser(id, format),
};
