// What an option looks like from outside.

/** An option of one command; its value arrives under the long name in camel case. */
export interface OptionSpec {
  /** As commander reads it: `--limit <usdc>`, `-f, --follow`. */
  readonly flags: string;
  readonly meaning: string;
  readonly fallback?: string;
  readonly choices?: readonly string[];
}

/** Groups of options that many commands take, in the same words everywhere (general-options.ts). */
export type OptionGroup = "router" | "wallet" | "chain" | "confirm";
