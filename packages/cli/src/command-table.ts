// Every command there is, in the order of the help.
import { ACCOUNT_COMMANDS } from "./account/account-commands.ts";
import { CHAT_COMMANDS } from "./chat/chat-commands.ts";
import type { CommandGroup } from "./command-spec.ts";
import { completionCommands } from "./completion/completion-commands.ts";
import { DOCTOR_COMMANDS } from "./doctor/doctor-commands.ts";
import { KEYGEN_COMMANDS, KEYS_COMMANDS } from "./keys/keys-commands.ts";
import { MARKET_COMMANDS } from "./models/market-commands.ts";
import { MONEY_COMMANDS } from "./money/money-commands.ts";
import { ROUTER_COMMANDS } from "./operator/operator-commands.ts";
import { PROVIDER_COMMANDS } from "./provider/provider-commands.ts";
import { WALLET_COMMANDS } from "./wallet/wallet-commands.ts";

function under(heading: string, ...groups: readonly CommandGroup[]): readonly CommandGroup[] {
  return groups.map((group) => ({ ...group, heading }));
}

/** The groups, each written down in its own room. */
export const COMMANDS: readonly CommandGroup[] = [
  ...under("Use models", MARKET_COMMANDS, CHAT_COMMANDS),
  ...under("Wallet and keys", WALLET_COMMANDS, KEYGEN_COMMANDS, KEYS_COMMANDS),
  ...under("Money", MONEY_COMMANDS, ACCOUNT_COMMANDS),
  ...under("Sell models", PROVIDER_COMMANDS),
  ...under("Run a router", ROUTER_COMMANDS),
  ...under(
    "This program",
    DOCTOR_COMMANDS,
    completionCommands(() => COMMANDS),
  ),
];
