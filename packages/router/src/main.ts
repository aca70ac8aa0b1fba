#!/usr/bin/env node
// `aimo-router`: read the settings, start, and close on a signal; or look at the books.
import { systemClock } from "@aimo-network/protocol/clock";
import { watchParent } from "@aimo-network/protocol/parent-watch";
import { systemRandom } from "@aimo-network/protocol/random";
import { ConfigError, parseConfig, readEnvironment } from "./config.ts";
import { createLog } from "./log.ts";
import { settingsHelp } from "./settings-help.ts";
import { checkBooks, reconcileBooks } from "./rooms.ts";
import { startRouter } from "./router.ts";
import { VERSION } from "./version.ts";

const LOOKS = { "check-ledger": checkBooks, reconcile: reconcileBooks } as const;

async function look(word: keyof typeof LOOKS): Promise<void> {
  const config = parseConfig(readEnvironment(process.env));
  const { code, lines } = await LOOKS[word](config, { clock: systemClock, log: createLog("silent") });
  for (const line of lines) console.log(line);
  process.exitCode = code;
}

async function main(): Promise<void> {
  const [word] = process.argv.slice(2);
  if (word === "--help" || word === "-h") return console.log(settingsHelp());
  if (word === "--version" || word === "-V") return console.log(VERSION);
  if (word === "check-ledger" || word === "reconcile") return await look(word);
  if (word !== undefined) throw new ConfigError([`${word}: no such option. See \`aimo-router --help\`.`]);
  const config = parseConfig(readEnvironment(process.env));
  const log = createLog(config.logLevel);
  process.on("uncaughtException", (error) => {
    log.fatal({ error }, "the router broke"); // Node would print the error's words, which may quote a request
    process.exit(1);
  });
  const router = await startRouter(config, { clock: systemClock, random: systemRandom, log });
  log.info({ url: router.url, operatorUrl: router.operatorUrl, routerId: router.routerId }, "router listens");
  const stop = (signal: string): void => {
    for (const again of ["SIGINT", "SIGTERM"]) process.once(again, () => process.exit(1)); // does not wait for answers
    log.info({ signal }, "router drains");
    void router.close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop(signal));
  watchParent(systemClock, { environment: process.env, parentId: () => process.ppid }, () => stop("end of npm"));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  // Of a look at the books, 1 says that they are wrong.
  process.exitCode = process.argv[2] !== undefined && process.argv[2] in LOOKS ? 2 : 1;
}
