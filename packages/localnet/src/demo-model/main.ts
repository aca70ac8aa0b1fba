// The demo model as a process of its own: reads its options, listens, says where, closes on a signal.

import { Command, InvalidArgumentError, Option } from "commander";

import { createDemoModel } from "./demo-model.ts";

const PORT_MAX = 65_535;
const CHUNK_DELAY_MS_MAX = 60_000;

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${max}.`);
  };
}

interface Options {
  readonly port: number;
  readonly apiKey?: string;
  readonly chunkDelayMs: number;
  readonly model: readonly string[];
}

const command = new Command("demo-model")
  .description("An OpenAI-compatible server without a model behind it, on 127.0.0.1 only.")
  .addOption(new Option("--port <port>", "0 for a free one").argParser(wholeNumber(PORT_MAX)).default(0))
  .option("--api-key <key>", "refuse calls that do not carry this bearer")
  .addOption(
    new Option("--chunk-delay-ms <ms>", "pause between the events of streams")
      .argParser(wholeNumber(CHUNK_DELAY_MS_MAX))
      .default(0),
  )
  .option("--model <name...>", "further model names to answer to", [])
  .parse();

const { port, apiKey, chunkDelayMs, model: models } = command.opts<Options>();
const demoModel = createDemoModel({ chunkDelayMs, models, ...(apiKey !== undefined && { apiKey }) });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void demoModel.close());
try {
  const boundPort = await demoModel.listen(port);
  process.stdout.write(`${JSON.stringify({ port: boundPort, url: `http://127.0.0.1:${boundPort}/v1` })}\n`);
} catch (cause) {
  command.error(`The demo model cannot listen on 127.0.0.1:${port}: ${String(cause)}. Choose another --port, or 0.`);
}
