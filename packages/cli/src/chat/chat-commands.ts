// Talking to models: a conversation at a terminal, and one answer for a pipe.
import type { CommandGroup } from "../command-spec.ts";
import type { OptionSpec } from "../settings/option-spec.ts";

const ASKING: readonly OptionSpec[] = [
  { flags: "--system <text>", meaning: "the system prompt" },
  { flags: "--max-tokens <count>", meaning: "tokens that an answer may have" },
  { flags: "--temperature <number>", meaning: "how much chance there is in it, 0 to 2" },
  { flags: "--limit <usdc>", meaning: "USDC that may be spent in all: the key that your wallet signs holds it" },
];

const PAYING =
  "AIMO_API_KEY pays where it is set and --id names no wallet; else your wallet signs a key for this command alone, which is never written down.";

/** `aimo chat` and `aimo run`. */
export const CHAT_COMMANDS: CommandGroup = {
  noun: "",
  summary: "talk to models",
  commands: [
    {
      words: "chat",
      summary: "talk to a model: answers as they come, with their tokens and cost",
      arguments: [
        {
          name: "model",
          meaning: "author/slug; without it you choose from the market (Tab, arrows, or type to search)",
          isOptional: true,
        },
      ],
      options: ASKING,
      takes: ["router", "wallet"],
      more: `Ctrl-C stops an answer, and tells what was charged; at an empty prompt, twice, it leaves. /help lists the words. ${PAYING}`,
      example: "aimo chat acme/llama-3.3-70b --router https://router.example --limit 0.50",
      load: () => import("./chat.ts").then(({ chat }) => chat),
    },
    {
      words: "run",
      summary: "ask once: the answer alone on standard output, its cost on standard error",
      arguments: [
        {
          name: "prompt",
          meaning: "the question; what is piped in comes behind it, or instead of it",
          isOptional: true,
        },
      ],
      options: [
        { flags: "-m, --model <model>", meaning: "author/slug" },
        ...ASKING,
        { flags: "-f, --file <file>", meaning: "a text or an image (PNG, JPEG, WebP, GIF) to put behind the question" },
      ],
      takes: ["router", "wallet"],
      more: PAYING,
      example:
        'git diff | aimo run "Write a commit message." --model acme/llama-3.3-70b --router https://router.example',
      load: () => import("./run.ts").then(({ run }) => run),
    },
  ],
};
