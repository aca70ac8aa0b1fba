// A provider's money at a router: taking it out, where it is paid to, and leaving without the router.
import type { CommandSpec } from "../command-spec.ts";

const EVERY_WAY = ["router", "wallet", "chain", "confirm"] as const;
const ALONE =
  "Needs a Solana node and nothing of the router, which may be gone: its program and id are remembered from when it was used; else give --router <id> and --program <address>.";

/** What `provider exit` is about, for the group that these commands are in. */
export const PROVIDER_EXIT_SUMMARY = "have your earnings paid by the chain alone, whatever the router does";

/** `aimo provider withdraw`, `payout` and `exit …`. */
export const EARNINGS_COMMANDS: readonly CommandSpec[] = [
  {
    words: "provider withdraw",
    summary: "take earnings out to your payout account, with the router's agreement and at once",
    arguments: [{ name: "usdc", meaning: "how much, or `all` that is settled" }],
    takes: EVERY_WAY,
    more: "The same as aimo withdraw --earnings. Where the router does not answer or does not agree: aimo provider exit.",
    example: "aimo provider withdraw all --router https://router.example",
    load: () => import("./withdraw.ts").then(({ providerWithdraw }) => providerWithdraw),
  },
  {
    words: "provider payout",
    summary: "have what you earn paid to another token account",
    arguments: [{ name: "account", meaning: "a USDC token account, or `own` for that of your wallet" }],
    takes: EVERY_WAY,
    more: `It is in force after the router's exit delay for providers, so that whoever steals the wallet cannot take the earnings at once; naming the account in force takes a change back. ${ALONE}`,
    example: "aimo provider payout own --router https://router.example --rpc-url https://api.devnet.solana.com",
    load: () => import("./payout.ts").then(({ providerPayout }) => providerPayout),
  },
  {
    words: "provider exit request",
    summary: "start the delay after which earnings can be paid out",
    arguments: [{ name: "usdc", meaning: "how much, or `all` (default)", isOptional: true }],
    takes: EVERY_WAY,
    more: ALONE,
    example: "aimo provider exit request all --router https://router.example --rpc-url https://api.devnet.solana.com",
    load: () => import("./exit-request.ts").then(({ providerExitRequest }) => providerExitRequest),
  },
  {
    words: "provider exit status",
    summary: "what is claimable, and from when on an exit can be paid out",
    takes: ["router", "wallet", "chain"],
    more: ALONE,
    example: "aimo provider exit status --router https://router.example --rpc-url https://api.devnet.solana.com",
    load: () => import("./exit-status.ts").then(({ providerExitStatus }) => providerExitStatus),
  },
  {
    words: "provider exit finalize",
    summary: "have the exit paid to your payout account, once it is due",
    takes: EVERY_WAY,
    more: ALONE,
    example: "aimo provider exit finalize --router https://router.example --rpc-url https://api.devnet.solana.com",
    load: () => import("./exit-finalize.ts").then(({ providerExitFinalize }) => providerExitFinalize),
  },
];
