// The characters that make JSON's structure, as codes: the same in text and in UTF-8 bytes.

/** Opens and closes a string. */
export const QUOTE = 0x22;
/** Begins an escape in a string. */
export const BACKSLASH = 0x5c;
/** Stands between members and elements. */
export const COMMA = 0x2c;
/** Opens an object. */
export const OPEN_BRACE = 0x7b;
/** Closes an object. */
export const CLOSE_BRACE = 0x7d;
/** Opens an array. */
export const OPEN_BRACKET = 0x5b;
/** Closes an array. */
export const CLOSE_BRACKET = 0x5d;
