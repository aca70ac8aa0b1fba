#!/usr/bin/env node
// `aimo-router`: read the settings, start, and close on a signal; or look at the books; or sign for a router.
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Logger } from "pino";
import { ConfigError, parseConfig, readEnvironment } from "./config.ts";
import { endAtSignal } from "./end-at-signal.ts";
import { createLog } from "./log.ts";
import { settingsHelp } from "./settings-help.ts";
import { checkBooks, reconcileBooks } from "./rooms.ts";
import { startRouter } from "./router.ts";
import { SignerFault } from "./signer/key-files.ts";
import { startSigner } from "./signer/signer-process.ts";
import { parseSignerSettings } from "./signer/signer-settings.ts";
import { VERSION } from "./version.ts";

const LOOKS = { "check-ledger": checkBooks, reconcile: reconcileBooks } as const;

async function look(word: keyof typeof LOOKS): Promise<void> {
  const config = parseConfig(readEnvironment(process.env));
  const { code, lines } = await LOOKS[word](config, { clock: systemClock, log: createLog("silent") });
  for (const line of lines) console.log(line);
  process.exitCode = code;
}

/** Opens the log, where an uncaught error goes too: Node would print its words, which may quote a request or a key. */
function openLog(level: string, ending: string): Logger {
  const log = createLog(level);
  process.on("uncaughtException", (error) => {
    log.fatal({ error }, ending);
    process.exit(1);
  });
  return log;
}

async function sign(): Promise<void> {
  const parsed = parseSignerSettings(readEnvironment(process.env));
  if ("faults" in parsed) throw new ConfigError(parsed.faults);
  const { settings } = parsed;
  const log = openLog(settings.logLevel, "the signer broke");
  const signer = await startSigner(settings, { clock: systemClock, log });
  log.info({ socket: settings.socketPath, ...signer.addresses }, "signer listens");
  endAtSignal(systemClock, process, { log, words: "signer ends", close: () => signer.close() });
}

async function main(): Promise<void> {
  const [word] = process.argv.slice(2);
  if (word === "--help" || word === "-h") return console.log(settingsHelp());
  if (word === "--version" || word === "-V") return console.log(VERSION);
  if (word === "check-ledger" || word === "reconcile") return await look(word);
  if (word === "signer") return await sign();
  if (word !== undefined) throw new ConfigError([`${word}: no such option. See \`aimo-router --help\`.`]);
  const config = parseConfig(readEnvironment(process.env));
  const log = openLog(config.logLevel, "the router broke");
  const router = await startRouter(config, { clock: systemClock, random: systemRandom, log });
  log.info({ url: router.url, operatorUrl: router.operatorUrl, routerId: router.routerId }, "router listens");
  endAtSignal(systemClock, process, { log, words: "router drains", close: () => router.close() });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof SignerFault ? error.message : error);
  // Of a look at the books, 1 says that they are wrong.
  process.exitCode = process.argv[2] !== undefined && process.argv[2] in LOOKS ? 2 : 1;
}
