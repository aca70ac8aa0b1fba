// A user's money at a router: paying in, how much may be taken, taking it back, and leaving without the router.
import type { CommandGroup } from "../command-spec.ts";

const EVERY_WAY = ["router", "wallet", "chain", "confirm"] as const;
const ALONE =
  "Needs a Solana node and nothing of the router, which may be gone: its program and id are remembered from when it was used; else give --router <id> and --program <address>.";

/** `aimo topup`, `allowance`, `withdraw` and `exit …`. */
export const MONEY_COMMANDS: CommandGroup = {
  noun: "",
  summary: "deposit and withdraw USDC, and leave",
  within: { exit: "take everything out by the chain alone, whatever the router does" },
  commands: [
    {
      words: "topup",
      summary: "deposit USDC from your wallet, and wait until it can be spent",
      arguments: [{ name: "usdc", meaning: "how much, such as 5 or 0.25" }],
      takes: EVERY_WAY,
      more: "The first deposit opens your escrow; each raises your allowance by as much, to a year from now. The router makes the transaction, this program checks it; with --rpc-url the allowance is checked too, and it is sent by that node.",
      example: "aimo topup 5 --router-url https://router.example --id ~/.config/solana/id.json",
      load: () => import("./topup.ts").then(({ topup }) => topup),
    },
    {
      words: "allowance",
      summary: "show the most that may ever be taken from your escrow, or set it",
      arguments: [{ name: "show", meaning: "show it (so does nothing at all)", isOptional: true }],
      options: [
        { flags: "--total <usdc>", meaning: "the most that may ever be settled, what was settled before included" },
        { flags: "--expires-in <days>", meaning: "nothing is settled after that (default: as it is, or a year)" },
      ],
      takes: EVERY_WAY,
      more: `More is in force at once, less after the router's notice. ${ALONE}`,
      example: "aimo allowance --total 20 --expires-in 90 --router https://router.example",
      load: () => import("./allowance.ts").then(({ allowance }) => allowance),
    },
    {
      words: "withdraw",
      summary: "take USDC out to your wallet, with the router's agreement and at once",
      arguments: [{ name: "usdc", meaning: "how much, or `all` that may be withdrawn now" }],
      options: [
        { flags: "--to <account>", meaning: "a USDC token account other than your wallet's own" },
        { flags: "--earnings", meaning: "of what you earned as a provider, to your payout account" },
      ],
      takes: EVERY_WAY,
      more: "Where the router does not answer or does not agree: aimo exit.",
      example: "aimo withdraw 2.5 --router https://router.example",
      load: () => import("./withdraw.ts").then(({ withdraw }) => withdraw),
    },
    {
      words: "exit request",
      summary: "start the delay after which everything can be paid out",
      takes: EVERY_WAY,
      more: ALONE,
      example: "aimo exit request --router https://router.example --rpc-url https://api.devnet.solana.com",
      load: () => import("./exit-request.ts").then(({ exitRequest }) => exitRequest),
    },
    {
      words: "exit status",
      summary: "whether you are leaving, from when on you can be paid out, and how much",
      takes: ["router", "wallet", "chain"],
      more: ALONE,
      example: "aimo exit status --router https://router.example --rpc-url https://api.devnet.solana.com",
      load: () => import("./exit-status.ts").then(({ exitStatus }) => exitStatus),
    },
    {
      words: "exit cancel",
      summary: "stay after all",
      takes: EVERY_WAY,
      more: ALONE,
      example: "aimo exit cancel --router https://router.example --rpc-url https://api.devnet.solana.com",
      load: () => import("./exit-cancel.ts").then(({ exitCancel }) => exitCancel),
    },
    {
      words: "exit finalize",
      summary: "have the whole balance paid to your wallet, once the exit is due",
      takes: EVERY_WAY,
      more: ALONE,
      example: "aimo exit finalize --router https://router.example --rpc-url https://api.devnet.solana.com",
      load: () => import("./exit-finalize.ts").then(({ exitFinalize }) => exitFinalize),
    },
  ],
};
