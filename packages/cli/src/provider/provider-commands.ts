// Selling models: from nothing to a proxy that earns, and what became of it.
import type { CommandGroup } from "../command-spec.ts";
import { EARNINGS_COMMANDS, PROVIDER_EXIT_SUMMARY } from "../earnings/earnings-commands.ts";

/** `aimo provider …`. */
export const PROVIDER_COMMANDS: CommandGroup = {
  noun: "provider",
  summary: "sell models: set up a proxy, see what it offers and earns, take the money out",
  within: { "provider exit": PROVIDER_EXIT_SUMMARY },
  commands: [
    {
      words: "provider init",
      summary: "make config.toml, compose.yaml and .env for a proxy that sells your models",
      options: [
        { flags: "--upstream <url>", meaning: "your OpenAI-compatible API, such as http://127.0.0.1:8000/v1" },
        {
          flags: "--upstream-key-env <name>",
          meaning: "the variable that holds the upstream's API key; without a terminal and this option it gets none",
        },
        { flags: "--model <name...>", meaning: "the upstream's names of the models to sell (default: asked)" },
        { flags: "--prompt-price <usdc>", meaning: "USDC per million prompt tokens (default: the market's median)" },
        { flags: "--completion-price <usdc>", meaning: "USDC per million tokens of answers (default: as above)" },
        { flags: "--author <name>", meaning: "the author of author/slug; `community` without it" },
        { flags: "--valid-for <days>", meaning: "how long the proxy's key is valid", fallback: "90" },
        { flags: "--folder <folder>", meaning: "where the files are written", fallback: "." },
        { flags: "--force", meaning: "replace files that are there" },
        { flags: "-y, --yes", meaning: "take what is proposed without asking" },
      ],
      takes: ["router", "wallet"],
      more: "Your upstream's API key is asked for, or taken from a variable, and never written into config.toml or a command line.",
      example:
        "aimo provider init --router https://router.example --upstream http://127.0.0.1:8000/v1 --model llama-3.3-70b --prompt-price 0.10 --completion-price 0.40 --yes",
      load: () => import("./init.ts").then(({ providerInit }) => providerInit),
    },
    {
      words: "provider check",
      summary: "call every model and router of a config once for real: what works, and what will lose money",
      options: [
        { flags: "-c, --config <file>", meaning: "the proxy's config file (CONFIG_FILE_PATH, else config.toml)" },
      ],
      more: "Runs `aimo-proxy check` and ends with its exit code.",
      example: "aimo provider check --config config.toml",
      load: () => import("./check.ts").then(({ providerCheck }) => providerCheck),
    },
    {
      words: "provider status",
      summary: "what the router sells of yours at this moment, how much of the traffic it gets, and why",
      takes: ["router", "wallet"],
      more: "Asks with AIMO_API_KEY where it is set, else with a key that your wallet signs for ten minutes.",
      example: "aimo provider status --router https://router.example",
      load: () => import("./status.ts").then(({ providerStatus }) => providerStatus),
    },
    {
      words: "provider earnings",
      summary: "what you have earned: claimable, unsettled, by day and model, and what was not paid and why",
      options: [{ flags: "--days <days>", meaning: "the days that are listed, the newest first", fallback: "14" }],
      takes: ["router", "wallet"],
      more: "Asks with AIMO_API_KEY where it is set, else with a key that your wallet signs for ten minutes.",
      example: "aimo provider earnings --router https://router.example",
      load: () => import("./earnings.ts").then(({ providerEarnings }) => providerEarnings),
    },
    ...EARNINGS_COMMANDS,
  ],
};
