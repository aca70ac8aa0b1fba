// What a wallet has at a router, what became of it, and how to check that oneself.
import type { CommandGroup } from "../command-spec.ts";

const KEYS =
  "Reads with AIMO_API_KEY where it may read the account, else with a key that the wallet signs for this alone.";

/** `aimo balance`, `activity` and `verify`. */
export const ACCOUNT_COMMANDS: CommandGroup = {
  noun: "",
  summary: "what you have, what you used, and whether it was billed rightly",
  commands: [
    {
      words: "balance",
      summary: "what can be spent, is locked and not settled yet, the allowance, and what is on the wallet",
      takes: ["router", "wallet", "chain"],
      more: `${KEYS} Allowance and wallet are read from a Solana node, where one is known.`,
      example: "aimo balance --router https://router.example",
      load: () => import("./balance.ts").then(({ balance }) => balance),
    },
    {
      words: "activity",
      summary: "what was used in the last 30 days and today, by day and model; or the newest answers",
      options: [
        { flags: "--generations", meaning: "the newest answers, each with cost, provider, latency and its id" },
        { flags: "--limit <count>", meaning: "how many answers at most, with --generations", fallback: "20" },
        { flags: "--model <model>", meaning: "only of this model (author/slug)" },
        { flags: "--day <date>", meaning: "only of one day in UTC, as 2026-11-26" },
        { flags: "--csv", meaning: "print CSV for spreadsheets, with every digit" },
      ],
      takes: ["router", "wallet"],
      more: `${KEYS} Days are UTC.`,
      example: "aimo activity --generations --limit 5",
      load: () => import("./activity.ts").then(({ activity }) => activity),
    },
    {
      words: "verify",
      summary: "check that an answer was billed as it was told, on the chain and by yourself",
      arguments: [{ name: "generation", meaning: "the answer's id, gen-…: `aimo activity --generations` lists them" }],
      takes: ["router", "wallet", "chain"],
      more: `The router gives the receipt; its leaf, its cost and the batch's root are computed here, and the transaction that settled the batch is read from a Solana node, which is the only one that is trusted. Ends with 1 where something is wrong, and with 8 where it is not settled yet. ${KEYS}`,
      example: "aimo verify gen-01a21219-a47b-7fe6-812a-c6054307eea6 --rpc-url https://api.devnet.solana.com",
      load: () => import("./verify.ts").then(({ verify }) => verify),
    },
  ],
};
