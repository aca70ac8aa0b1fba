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

/** The groups, each written down in its own room. */
export const COMMANDS: readonly CommandGroup[] = [
  WALLET_COMMANDS,
  KEYGEN_COMMANDS,
  KEYS_COMMANDS,
  MONEY_COMMANDS,
  ACCOUNT_COMMANDS,
  MARKET_COMMANDS,
  CHAT_COMMANDS,
  PROVIDER_COMMANDS,
  ROUTER_COMMANDS,
  DOCTOR_COMMANDS,
  completionCommands(() => COMMANDS),
];
