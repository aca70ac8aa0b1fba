// Running a router: opening it on the chain, and looking whether all is well with it.
import type { CommandGroup } from "../command-spec.ts";
import type { OptionSpec } from "../settings/option-spec.ts";

const CONFIG: OptionSpec = {
  flags: "--config <file>",
  meaning: "the router's settings, such as the router.env of `router init` (AIMO_CONFIG_FILE, else the environment)",
};

const INIT_OPTIONS: readonly OptionSpec[] = [
  { flags: "--folder <folder>", meaning: "where keys and settings are written", fallback: "aimo-router" },
  { flags: "--url <url>", meaning: "where clients will reach the router, as the on-chain directory tells it" },
  {
    flags: "--payer <file>",
    meaning: "the key file that pays fee and rent (AIMO_WALLET, else ~/.config/solana/id.json)",
  },
  { flags: "--mint <address>", meaning: "the token that is paid in: USDC of the cluster" },
  { flags: "--fee-bps <count>", meaning: "the router's share in hundredths of a percent, 500 at most" },
  { flags: "--min-deposit <usdc>", meaning: "the smallest deposit" },
  { flags: "--user-exit-delay <time>", meaning: "until a user has left without the router, such as 24h" },
  { flags: "--provider-exit-delay <time>", meaning: "the same for a provider, such as 7d" },
  {
    flags: "--allowance-notice <time>",
    meaning: "until a user's lower allowance counts; half the user's delay at most",
  },
  { flags: "--settler-window <time>", meaning: "the time that the cap is for, such as 1h" },
  {
    flags: "--settler-window-cap <usdc>",
    meaning: "settled in one window at most: what a thief of the settler's key gets",
  },
  { flags: "--settler <address>", meaning: "a settler whose key is kept elsewhere; without it a key is made" },
  { flags: "--cosigner <address>", meaning: "the same for the cosigner" },
  { flags: "--guardian <address>", meaning: "the same for the guardian; `nobody` for none" },
  { flags: "--fee-owner <address>", meaning: "the same for the owner of the fees, such as a multisig" },
  { flags: "--admin <file>", meaning: "the key file of the admin, who has to sign; without it a key is made" },
];

/** `aimo router …`. */
export const ROUTER_COMMANDS: CommandGroup = {
  noun: "router",
  summary: "run a router: open it on the chain, watch it, prove its books",
  commands: [
    {
      words: "router init",
      summary: "make a router's keys and settings, and open it on the chain",
      options: INIT_OPTIONS,
      takes: ["chain", "confirm"],
      more: "What is not given is asked, with a proposal. A run that broke off is run again: it goes on where it stopped.\nThe program itself is deployed by `npm run escrow` of the source (docs/runbook-deploy.md).",
      example: [
        "aimo router init --folder aimo-router --url https://router.example --rpc-url https://api.devnet.solana.com \\",
        "  --program Eutyt8ETuT9Zsjj8z6hxdwnzaoQadgMzANr25t3DyMk3 --mint 4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU --fee-bps 250 --min-deposit 1 \\",
        "  --user-exit-delay 24h --provider-exit-delay 7d --allowance-notice 12h --settler-window 1h --settler-window-cap 500",
      ].join("\n"),
      load: () => import("./init.ts").then(({ routerInit }) => routerInit),
    },
    {
      words: "router status",
      summary: "what a router and the chain say of it: readiness, roles, pauses, announced changes, SOL, vault",
      options: [
        { flags: "--operator-url <url>", meaning: "the operator's port, to ask /readyz too: http://127.0.0.1:8788" },
      ],
      takes: ["router", "chain"],
      more: "Ends with 1 where something needs its operator.",
      example: "aimo router status --router https://router.example --operator-url http://127.0.0.1:8788",
      load: () => import("./status.ts").then(({ routerStatus }) => routerStatus),
    },
    {
      words: "router check-ledger",
      summary: "prove a router's books on its machine, while it runs or not",
      options: [CONFIG],
      more: "Runs `aimo-router check-ledger` and ends with its exit code: 0 right, 1 wrong, 2 where they could not be checked.",
      example: "aimo router check-ledger --config aimo-router/router.env",
      load: () => import("./books.ts").then(({ routerCheckLedger }) => routerCheckLedger),
    },
    {
      words: "router reconcile",
      summary: "compare a router's books with the chain, account by account",
      options: [CONFIG],
      more: "Runs `aimo-router reconcile` and ends with its exit code: 1 where the chain has less than the books say.",
      example: "aimo router reconcile --config aimo-router/router.env",
      load: () => import("./books.ts").then(({ routerReconcile }) => routerReconcile),
    },
    {
      words: "router solvency",
      summary: "whether a router's vault covers what it owes, read from the chain and beside its own word",
      options: [
        {
          flags: "--proof",
          meaning: "check too that your wallet's balance is counted in what the router says it owes",
        },
      ],
      takes: ["router", "chain", "wallet"],
      more: "The chain is read by you, at one slot; the router is asked only to be compared (docs/solvency.md).\nEnds with 1 where the vault has less than is owed, or a proof does not hold.",
      example: "aimo router solvency --router https://router.example --proof",
      load: () => import("./solvency.ts").then(({ routerSolvency }) => routerSolvency),
    },
  ],
};
