// Options that mean the same in every command that takes them.
import type { OptionGroup, OptionSpec } from "./option-spec.ts";

/** What was given of them. */
export interface GeneralOptions {
  /** A URL or a router id. */
  readonly router?: string;
  readonly walletFile?: string;
  readonly rpcUrl?: string;
  readonly programId?: string;
  /** No questions: money moves without a person's yes. */
  readonly isConfirmed: boolean;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
}

/** Taken by every command. */
export const EVERYWHERE: readonly OptionSpec[] = [
  { flags: "--json", meaning: "print JSON for programs" },
  { flags: "-q, --quiet", meaning: "print nothing but what was asked for" },
];

/** Taken by the commands that say so. */
export const OPTION_GROUPS: Readonly<Record<OptionGroup, readonly OptionSpec[]>> = {
  router: [
    { flags: "--router <url|id>", meaning: "the router: its URL, or its id in the on-chain directory (AIMO_ROUTER)" },
    { flags: "--router-url <url>", meaning: "the same, as first-generation guides have it" },
  ],
  wallet: [{ flags: "--id <file>", meaning: "the wallet's key file (AIMO_WALLET, else ~/.config/solana/id.json)" }],
  chain: [
    {
      flags: "--rpc-url <url>",
      meaning:
        "the Solana node (AIMO_RPC_URL, else the one used before, of Solana's own command line, or a public one)",
    },
    { flags: "--program <address>", meaning: "the escrow program (AIMO_PROGRAM_ID, else the router's)" },
  ],
  confirm: [{ flags: "-y, --yes", meaning: "sign and send without asking" }],
};

type Given = Readonly<Record<string, unknown>>;

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads the common options from what the parser found, under their names in camel case. */
export function readGeneralOptions(given: Given): GeneralOptions {
  const router = text(given["router"]) ?? text(given["routerUrl"]);
  const walletFile = text(given["id"]);
  const rpcUrl = text(given["rpcUrl"]);
  const programId = text(given["program"]);
  return {
    ...(router !== undefined && { router }),
    ...(walletFile !== undefined && { walletFile }),
    ...(rpcUrl !== undefined && { rpcUrl }),
    ...(programId !== undefined && { programId }),
    isConfirmed: given["yes"] === true,
    isJson: given["json"] === true,
    isQuiet: given["quiet"] === true,
  };
}
