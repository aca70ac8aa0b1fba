// `aimo wallet new`.
import { keyOfSeed } from "@aimo-network/protocol/keys/wallet-key";
import type { RunCommand } from "../command-spec.ts";
import { writeNewKeyFile } from "./key-file.ts";
import { openWalletFile, wantedWalletFile } from "./open-wallet.ts";

const SEED_BYTES = 32;

/** Makes a wallet where there is none. */
export const newWallet: RunCommand = async (context) => {
  const file = wantedWalletFile(context);
  const seed = context.random.bytes(SEED_BYTES);
  const key = await keyOfSeed(seed);
  writeNewKeyFile(context, file, key);
  seed.fill(0);
  key.fill(0);
  const { address } = await openWalletFile(context, file); // what was written can be read again
  context.terminal.note(
    `Its private key is in ${file}. Back it up: nobody can restore it, and whoever has it, has all.`,
  );
  context.terminal.note("To buy with it, send it USDC and about 0.01 SOL for fees, then: aimo topup 5");
  return { data: { address, file }, text: address };
};
