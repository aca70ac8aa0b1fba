// What `aimo-router --help` prints.
import { SETTINGS } from "./settings.ts";

/** Every setting with its meaning and default, as text for a terminal. */
export function settingsHelp(): string {
  const width = Math.max(...Object.keys(SETTINGS).map((name) => name.length));
  const lines = Object.entries(SETTINGS).map(
    ([name, { meaning, fallback }]) =>
      `  ${name.padEnd(width)}  ${meaning}${fallback === "" ? "" : ` (default ${fallback})`}`,
  );
  return [
    "aimo-router: a marketplace node of AiMo Network",
    "",
    "  aimo-router               starts a router",
    "  aimo-router check-ledger  proves the books, while a router runs on them or not: ends with 0 where they are right,",
    "                            1 where they are wrong, 2 where they could not be checked",
    "  aimo-router reconcile     compares the books with the chain, account by account: ends with 1 where the chain has less",
    "",
    "Settings come from the environment, or from the file that AIMO_CONFIG_FILE names (lines of NAME=value; the environment wins):",
    "",
    ...lines,
    "",
    "Example: AIMO_DATA_DIR=/var/lib/aimo-router AIMO_HOST=0.0.0.0 aimo-router",
  ].join("\n");
}
