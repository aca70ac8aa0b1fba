// The limits of the web console's files, each with its reason; docs/limits.md lists them.

/** Files of a console: each route of the page is one or two. */
export const CONSOLE_FILES_MAX = 1_000;

/** Bytes of all of them: they are held in memory, with their compressed forms some half more. */
export const CONSOLE_BYTES_MAX = 32 * 1024 * 1024;

/** Characters of the cookie that names a person's own RPC node: a URL of a thousand, each written as three. */
export const RPC_COOKIE_CHARS_MAX = 3_000;
