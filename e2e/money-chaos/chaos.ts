// `npm run chaos`: both kinds of chaos, the ledger's and the money path's, or one of them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const HELP = `Usage: npm run chaos                          500 crashes around requests and charges, then 200 runs of the money path
       npm run chaos -- [options]             the crashes alone: --runs, --seed, --from
       npm run chaos -- money [options]       the money path alone: --runs, --seed, --from (also npm run chaos:money)

Both kill processes at named points, by a seed that is printed, and look afterwards whether the books are right.
`;

const LEDGER = new URL("../crash/main.ts", import.meta.url);
const MONEY = new URL("./main.ts", import.meta.url);

/** Runs a program to its end; whether it was content. */
async function run(program: URL, words: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [fileURLToPath(program), ...words], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code === 0;
}

const words = process.argv.slice(2);
const [first] = words;
if (first === "--help" || first === "-h") {
  process.stdout.write(HELP);
} else if (first === undefined) {
  const isLedgerRight = await run(LEDGER, []);
  const isMoneyRight = await run(MONEY, []);
  process.exitCode = isLedgerRight && isMoneyRight ? 0 : 1;
} else {
  process.exitCode = (await (first === "money" ? run(MONEY, words.slice(1)) : run(LEDGER, words))) ? 0 : 1;
}
