// The localnet's chain as a process of its own: reads its options, listens, says where, closes on a signal.
import { systemClock } from "@aimo-network/protocol/clock";
import { Command, InvalidArgumentError, Option } from "commander";
import { startChain } from "./chain.ts";
import { SLOT_MS } from "./surfpool.ts";

const PORT_MAX = 65_534; // WebSockets listen one higher
const SLOT_MS_MAX = 60_000;

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${max}.`);
  };
}

interface Options {
  readonly port: number;
  readonly dataDir: string;
  readonly slotMs: number;
}

const command = new Command("chain")
  .description("A Solana on 127.0.0.1 that remembers its accounts; WebSockets are one port higher.")
  .addOption(new Option("--port <port>", "0 for a free one").argParser(wholeNumber(PORT_MAX)).default(0))
  .requiredOption("--data-dir <folder>", "where its accounts are kept")
  .addOption(new Option("--slot-ms <ms>", "time between blocks").argParser(wholeNumber(SLOT_MS_MAX)).default(SLOT_MS))
  .parse();

const { port, dataDir, slotMs } = command.opts<Options>();
const chain = await startChain({ port, dataDirectory: dataDir, clock: systemClock, slotMs });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void chain.close());
process.stdout.write(`${JSON.stringify({ rpcUrl: chain.rpcUrl, wsUrl: chain.wsUrl })}\n`);
