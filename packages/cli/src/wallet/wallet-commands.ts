// The wallet that signs: a key file, made, shown or imported.
import type { CommandGroup } from "../command-spec.ts";

/** `aimo wallet …`. */
export const WALLET_COMMANDS: CommandGroup = {
  noun: "wallet",
  summary: "the key file that signs for you: make one, show its address, import one",
  commands: [
    {
      words: "wallet new",
      summary: "make a wallet; its address is printed, its private key stays in the file",
      takes: ["wallet"],
      more: "A file that is there is never overwritten. Whoever has the file has the wallet, and nobody can restore a lost one: back it up.",
      example: "aimo wallet new",
      load: () => import("./new-wallet.ts").then(({ newWallet }) => newWallet),
    },
    {
      words: "wallet show",
      summary: "print the wallet's address, and the file it is in",
      takes: ["wallet"],
      example: "aimo wallet show",
      load: () => import("./show-wallet.ts").then(({ showWallet }) => showWallet),
    },
    {
      words: "wallet import",
      summary: "make a key file of a private key that another wallet exports",
      takes: ["wallet"],
      more: "Takes Phantom's export (base58) or a key file's text, at a prompt that shows nothing, or piped in. Never as an argument: those are in the shell's history and in the list of processes.",
      example: "aimo wallet import --id imported.json",
      load: () => import("./import-wallet.ts").then(({ importWallet }) => importWallet),
    },
  ],
};
