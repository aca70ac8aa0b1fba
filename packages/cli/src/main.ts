#!/usr/bin/env node
// `aimo`: everything a user, a provider or an operator does from a terminal.
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { runCommandLine } from "./run-command.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { createInterruption } from "./interruption.ts";

const interruption = createInterruption(() => process.exit(EXIT_CODES.interrupted));
process.on("SIGINT", () => interruption.interrupt());
// Whoever reads only the first lines (`aimo models | head`) closes the pipe: that is no fault.
process.stdout.on("error", ({ code = "unknown" }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") process.exit(0);
  process.stderr.write(
    `✗ Standard output cannot be written: the system says ${code}. The result is lost, what was done is done.\n`,
  );
  process.exit(EXIT_CODES.failed);
});
// Whoever closes standard error does not want to hear more, and what was asked for goes on.
process.stderr.on("error", () => undefined);

// The clock's timers keep no process alive, and between two questions to a chain there may be nothing else that does.
const { port1: awake } = new MessageChannel();
awake.ref();
process.exitCode = await runCommandLine(process.argv.slice(2), {
  streams: { input: process.stdin, output: process.stdout, errors: process.stderr },
  environment: process.env,
  clock: systemClock,
  random: systemRandom,
  folder: process.cwd(),
  interruption,
});
awake.close();
