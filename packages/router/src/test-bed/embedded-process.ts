// A process that runs an embedded PostgreSQL as a router does, for tests that kill it: `node embedded-process.ts <data directory>`.
import { systemClock } from "@aimo-network/protocol/clock";
import { startEmbeddedPostgres } from "../ledger/database/embedded/embedded-postgres.ts";
import { createLog } from "../log.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const { url } = await startEmbeddedPostgres({
  dataDirectory,
  clock: systemClock,
  log: createLog("silent"),
  settings: { fsync: "off" },
});
process.stdout.write(`${url}\n`);
process.stdin.resume(); // a router has sockets that keep it alive
