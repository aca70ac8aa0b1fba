// What the rooms that make objects and arrays know of the maker that calls them and makes their contents.

import type { Schema } from "./schema.ts";

/** Where in the value the maker stands. */
export interface Place {
  /** Objects and arrays around this value. */
  readonly level: number;
  /** Schemas passed on the way here. */
  readonly depth: number;
  /** Varies the value. */
  readonly salt: number;
}

/** What the rooms of objects and arrays need of the maker. */
export interface ValueMaker {
  /** A value inside another one; undefined when the schema allows none. */
  make(schema: Schema, place: Place): unknown;
  /** Whether only what the schema demands is made at this level. */
  isLean(level: number): boolean;
}
