// `npm run -s wallet --`: signs for a demo wallet what a person would sign in theirs: a wish to withdraw, or a transaction.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { systemClock } from "@aimo-network/protocol/clock";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { LocalnetFile } from "../localnet-file.ts";
import { loadWallet } from "../wallets.ts";
import { signTransaction, signWish } from "./sign.ts";

interface Options {
  readonly dataDir: string;
  readonly as: "user" | "provider";
}

const command = new Command("npm run -s wallet --")
  .description("Signs for a demo wallet of this machine's network; what it signs is said on standard error.")
  .option("--data-dir <dir>", "where the network keeps what lasts", ".aimo")
  .requiredOption("--as <user|provider>", "whose wallet");

function network(): { file: LocalnetFile; options: Options } {
  const options = command.opts<Options>();
  const file = JSON.parse(readFileSync(join(options.dataDir, "localnet.json"), "utf8")) as LocalnetFile;
  return { file, options };
}

command
  .command("withdraw <usdc>")
  .description("prints the body of POST /account/withdraw (as user) or /provider/withdrawals (as provider)")
  .action(async (usdc: string) => {
    const { file, options } = network();
    const wallet = loadWallet(file[options.as].wallet_file);
    const wish = {
      party: options.as,
      amount: parseMicroUsdc(usdc),
      routerId: file.router_id,
      dateMs: systemClock.now(),
    };
    const { body, text } = await signWish(wallet, wish);
    console.error(text);
    console.log(JSON.stringify(body));
  });

command
  .command("sign <base64>")
  .description("prints the transaction with the wallet's signature, as the body of a submission")
  .action(async (base64: string) => {
    const { file, options } = network();
    const wallet = loadWallet(file[options.as].wallet_file);
    const { transaction, words } = await signTransaction(wallet, base64, file.program_id ?? "");
    for (const line of words) console.error(line);
    console.log(JSON.stringify({ transaction }));
  });

try {
  await command.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
