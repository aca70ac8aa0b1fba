// The operator's commands: npm run escrow -- <command> --url … (docs/runbook-deploy.md).
import { parseArgs } from "node:util";
import { systemClock } from "@aimo-network/protocol/clock";
import { runOperatorCommand } from "./operator-commands.ts";
import { OPERATOR_OPTIONS, OperatorOptions } from "./operator-options.ts";
import { ROUTER_COMMANDS } from "./router-instructions.ts";

const HELP = `Usage: npm run escrow -- <command> --url <RPC> --payer <key file> [options]

  new-key        --out <file>, which needs no cluster
  deploy         --program <key file or address> --authority <key file> [--binary <file>]
  verify         --program <address> [--binary <file>], or --buffer <address>
  write-buffer   --authority <key file> --to <multisig> [--binary <file>]
  close-buffer   --authority <key file> [--binary <file>]
  set-authority  --program <address> --authority <key file> --to <address>
  freeze         --program <address> --authority <key file>
  init-config    --program <address> --router-id <key file> --admin <key file> --plan <file>
  show           --program <address> --router-id <address>

On an open router, with --program <address> --router-id <address> --admin <key file>:
  ${ROUTER_COMMANDS.join(", ")}
  --plan <file> for roles, params and URL; --cosigner <key file> for roles at once; --to <address> for the next admin;
  --what deposit,settle,withdraw for pauses; --print with addresses in the place of key files for a multisig.

--price <micro-lamports for a compute unit> where the cluster is busy. All of it: docs/runbook-deploy.md`;

// The clock's timers keep no process alive, and between two questions to a cluster there is nothing else that would.
const { port1: awake } = new MessageChannel();
awake.ref();
try {
  const { values, positionals } = parseArgs({
    options: { ...OPERATOR_OPTIONS, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [command, ...more] = positionals;
  if (command === undefined || more.length > 0 || values.help === true) console.log(HELP);
  else console.log(await runOperatorCommand(command, new OperatorOptions(values), systemClock));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  awake.close();
}
