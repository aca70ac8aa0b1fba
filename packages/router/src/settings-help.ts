// What `aimo-router --help` prints.
import type { Setting } from "./settings.ts";
import { SETTINGS } from "./settings.ts";
import { SIGNER_SETTINGS } from "./signer/signer-settings.ts";

function linesOf(settings: Readonly<Record<string, Setting>>): string[] {
  const width = Math.max(...Object.keys(settings).map((name) => name.length));
  return Object.entries(settings).map(
    ([name, { meaning, fallback }]) =>
      `  ${name.padEnd(width)}  ${meaning}${fallback === "" ? "" : ` (default ${fallback})`}`,
  );
}

/** Every setting with its meaning and default, as text for a terminal. */
export function settingsHelp(): string {
  return [
    "aimo-router: a marketplace node of AiMo Network",
    "",
    "  aimo-router               starts a router",
    "  aimo-router check-ledger  proves the books, while a router runs on them or not: ends with 0 where they are right,",
    "                            1 where they are wrong, 2 where they could not be checked",
    "  aimo-router reconcile     compares the books with the chain, account by account: ends with 1 where the chain has less",
    "  aimo-router signer        signs for a router that runs elsewhere: holds its keys, and has rules of its own (docs/signer.md)",
    "",
    "Settings come from the environment, or from the file that AIMO_CONFIG_FILE names (lines of NAME=value; the environment wins):",
    "",
    ...linesOf(SETTINGS),
    "",
    "Settings of a signer, of which none that has no default may be left out but AIMO_SIGNER_WINDOW_USDC:",
    "",
    ...linesOf(SIGNER_SETTINGS),
    "",
    "Example: AIMO_DATA_DIR=/var/lib/aimo-router AIMO_HOST=0.0.0.0 aimo-router",
  ].join("\n");
}
