// Generation ids as rows hold them: the time in the id is the row's day and its place in every list.

const ID = /^gen-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PREFIX = "gen-";
const DAY_MS = 86_400_000;
const TIME_DIGITS = 12; // the 48 bits of time that a UUID of version 7 begins with
const TIME_MS_MAX = 2 ** 48 - 1;

/** The UUID of a generation's id; undefined for any other text. */
export function readGenerationId(text: string): string | undefined {
  return ID.test(text) ? text.slice(PREFIX.length) : undefined;
}

/** A generation's id as clients see it. */
export function generationIdOf(uuid: string): string {
  return `${PREFIX}${uuid}`;
}

/** Milliseconds since 1970 at which the request of a UUID was admitted. */
export function uuidTimeMs(uuid: string): number {
  return Number.parseInt(`${uuid.slice(0, 8)}${uuid.slice(9, 13)}`, 16);
}

/** The least UUID of a moment: what was admitted before is below it, what was admitted then or later is not. */
export function firstUuidAt(atMs: number): string {
  const boundedMs = Math.min(Math.max(0, Math.floor(atMs)), TIME_MS_MAX);
  const hex = boundedMs.toString(16).padStart(TIME_DIGITS, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** The UTC day of a moment, counted from 1970: statements add it to that date. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS);
}

/** The moment at which a day begins, in milliseconds since 1970. */
export function startOfDayMs(day: number): number {
  return day * DAY_MS;
}
