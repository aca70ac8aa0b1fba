// The localnet's chain as a process of its own: reads its options, listens, says where, closes on a signal.
import { systemClock } from "@aimo-network/protocol/clock";
import { Command, InvalidArgumentError, Option } from "commander";
import { findFreePort } from "../free-port.ts";
import type { ChainProgram } from "./chain.ts";
import { startChain } from "./chain.ts";
import { HOST } from "./rpc-door.ts";
import { SLOT_MS } from "./surfpool.ts";

const PORT_MAX = 65_534; // WebSockets listen one higher
const SLOT_MS_MAX = 60_000;

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${max}.`);
  };
}

function readProgram(text: string, before: readonly ChainProgram[] = []): ChainProgram[] {
  const [address = "", ...path] = text.split("=");
  if (/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(address) && path.length > 0)
    return [...before, { address, path: path.join("=") }];
  throw new InvalidArgumentError("Expected <address>=<file>.");
}

interface Options {
  readonly port: number;
  readonly dataDir: string;
  readonly slotMs: number;
  readonly program?: readonly ChainProgram[];
}

const command = new Command("chain")
  .description("A Solana on 127.0.0.1 that remembers its accounts; WebSockets are one port higher.")
  .addOption(
    new Option("--port <port>", "the next free one when it is busy, 0 for any")
      .argParser(wholeNumber(PORT_MAX))
      .default(0),
  )
  .requiredOption("--data-dir <folder>", "where its accounts are kept")
  .addOption(new Option("--slot-ms <ms>", "time between blocks").argParser(wholeNumber(SLOT_MS_MAX)).default(SLOT_MS))
  .option("--program <address=file>", "a program that is deployed there from the start", readProgram)
  .parse();

const { port: wanted, dataDir, slotMs, program: programs = [] } = command.opts<Options>();
const port = await findFreePort(wanted, HOST, 2); // the WebSockets' too
const chain = await startChain({ port, dataDirectory: dataDir, clock: systemClock, slotMs, programs });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void chain.close());
process.stdout.write(`${JSON.stringify({ rpcUrl: chain.rpcUrl, wsUrl: chain.wsUrl })}\n`);
