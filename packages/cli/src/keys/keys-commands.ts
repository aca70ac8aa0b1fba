// API keys: those that a wallet signs, and those that a router issues.
import type { CommandGroup } from "../command-spec.ts";

/** `aimo keygen`, under the name that first-generation guides have. */
export const KEYGEN_COMMANDS: CommandGroup = {
  noun: "",
  summary: "make an API key",
  commands: [
    {
      words: "keygen",
      summary: "make an API key, signed by your wallet; standard output is the key and nothing else",
      options: [
        { flags: "--tag <tag>", meaning: "a name that is signed into the key: 1 to 24 of a-z, 0-9 and _" },
        { flags: "--valid-for <days>", meaning: "how long it is valid, 1 to 366 days", fallback: "90" },
        {
          flags: "--scopes <scopes...>",
          meaning: "completion_model (call and serve models), account, keys; by commas or repeated (completion_model)",
        },
        { flags: "--usage-limit <usdc>", meaning: "what it may spend at most over its whole life" },
        { flags: "--earn-only", meaning: "it serves models and never spends: for machines of a provider" },
        { flags: "--first-generation", meaning: "a key that first-generation proxies can read" },
      ],
      takes: ["router", "wallet"],
      more: "Bound to --router or AIMO_ROUTER it works at that router alone; a router's id needs no network. Without a router it works at every router, and each that sees it could use it at another.",
      example:
        'export AIMO_API_KEY="$(aimo keygen --router https://router.example --tag dev --valid-for 90 --scopes completion_model --usage-limit 2)"',
      load: () => import("./keygen.ts").then(({ keygen }) => keygen),
    },
  ],
};

/** `aimo keys …`. */
export const KEYS_COMMANDS: CommandGroup = {
  noun: "keys",
  summary: "API keys: read one, issue and list them at a router, end them",
  commands: [
    {
      words: "keys create",
      summary: "let the router issue a key with a budget of its own; standard output is the key and nothing else",
      options: [
        { flags: "--limit <usdc>", meaning: "what it may spend, over its life or within each --reset" },
        {
          flags: "--reset <rhythm>",
          meaning: "when the limit begins anew, in UTC",
          choices: ["daily", "weekly", "monthly"],
        },
        { flags: "--name <name>", meaning: "what lists call it (default: the day it was made)" },
        { flags: "--expires-in <days>", meaning: "when it ends by itself (default: never)" },
        { flags: "--models <models...>", meaning: "the only models it may call, author/slug; by commas or repeated" },
      ],
      takes: ["router", "wallet"],
      more: "The router keeps a hash of it: the key is shown once. It calls models and cannot serve any. The wallet signs in for it, and out again.",
      example: 'export TEAM_KEY="$(aimo keys create --limit 10 --reset monthly --name team)"',
      load: () => import("./create-key.ts").then(({ createKey }) => createKey),
    },
    {
      words: "keys list",
      summary: "the keys that the router has issued to your wallet, with what they spent and have left",
      options: [{ flags: "--all", meaning: "also those that are disabled or revoked" }],
      takes: ["router", "wallet"],
      more: "Keys of `aimo keygen` are in no list: your wallet made them and no router has to know. `aimo keys inspect` reads one.",
      example: "aimo keys list",
      load: () => import("./list-keys.ts").then(({ listKeys }) => listKeys),
    },
    {
      words: "keys inspect",
      summary: "what a key may do, until when, at which router, and whether its signature is right",
      arguments: [
        {
          name: "key",
          meaning: "better left out: a command line is in the shell's history; `-` reads standard input",
          isOptional: true,
        },
      ],
      takes: ["router"],
      more: "Reads AIMO_API_KEY, else standard input. The key is never printed. With --router or AIMO_ROUTER that router is asked too: what is left, whether it was revoked.",
      example: "aimo keys inspect < key.txt",
      load: () => import("./inspect-key.ts").then(({ inspectKey }) => inspectKey),
    },
    {
      words: "keys revoke",
      summary: "end keys of your wallet for good, within a second",
      arguments: [
        { name: "key ids", meaning: "32 hexadecimal digits each: `aimo keys inspect` says them", isList: true },
      ],
      takes: ["router", "wallet", "confirm"],
      more: "Your wallet signs the revocation: no login and no key is needed. A key that is bound to no router has to be revoked at each that knows it.",
      example: "aimo keys revoke beee7c29f9ed26819862e2d586757c4b",
      load: () => import("./revoke-keys.ts").then(({ revokeKeys }) => revokeKeys),
    },
  ],
};
