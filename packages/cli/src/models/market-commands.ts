// What is on sale, and where.
import type { CommandGroup } from "../command-spec.ts";

/** `aimo models` and `aimo routers`. */
export const MARKET_COMMANDS: CommandGroup = {
  noun: "",
  summary: "what is on sale, and at which routers",
  commands: [
    {
      words: "models",
      summary: "the models on sale, with price, context, speed and uptime; needs no key and no wallet",
      arguments: [{ name: "search", meaning: "words of a model's name or id", isOptional: true, isList: true }],
      options: [
        {
          flags: "--sort <order>",
          meaning: "cheapest, fastest, first to answer, newest or longest context first (default: by name)",
          choices: ["price", "throughput", "latency", "newest", "context"],
        },
        { flags: "--free", meaning: "only those that cost nothing" },
        {
          flags: "--supports <features>",
          meaning: "what one offer has to do, by commas: tools, reasoning, json, json_schema, vision, audio, seed, …",
        },
        {
          flags: "--providers <model>",
          meaning: "who sells a model (author/slug, or its slug alone), with share, tier and why",
        },
      ],
      takes: ["router", "chain"],
      more: "Prices are USDC per million tokens, of the cheapest offer; P50 is the median time to the first output and TOK/S the median speed after it, over 30 minutes, as this router measured them. VERIFIED is how many of its providers were examined and can do what they say. On a narrow terminal the last columns are left out; --json has all.",
      example: "aimo models qwen --supports tools --sort price",
      load: () => import("./list-models.ts").then(({ listModels }) => listModels),
    },
    {
      words: "routers",
      summary: "the routers of the on-chain directory, the busiest first, with fee and delays",
      takes: ["chain"],
      more: "Read from a Solana node, without asking any router. Anybody may open one, and nobody vouches for any of them. MIN is the smallest deposit in USDC; EXIT how long users, and SELLER'S EXIT how long providers wait who leave without the router; NOTICE how long an allowance stays when it is lowered; BATCHES how often it has settled.\nOn a narrow terminal the last columns are left out; --json has all.",
      example: "aimo routers --rpc-url http://127.0.0.1:8899 --program E9W5PwPWpfPdMgE3AEimTTZuRrkxCKnn6CCGvq68q273",
      load: () => import("../routers/list-routers.ts").then(({ listRouters }) => listRouters),
    },
  ],
};
