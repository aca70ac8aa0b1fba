// `aimo router check-ledger` and `aimo router reconcile`: the router's own looks at its books.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { runInstalledProgram } from "../installed-program.ts";
import type { Environment } from "../settings/environment.ts";
import { VARIABLES } from "../settings/environment.ts";
import { jsonText } from "../terminal/json-text.ts";

const RIGHT = 0;
const OWN_FOLDER = ".aimo-router"; // where a router keeps its books that was told of no place
/** Variables that mean something to a router as well. */
const SHARED = ["AIMO_RPC_URL", "AIMO_PROGRAM_ID"];

/** What a router is started with besides: of the variables of `aimo`, none that would be a fault of its settings, or win over its file. */
function routerEnvironment(file: string | undefined): Environment {
  const own = Object.keys(VARIABLES).filter((name) => name.startsWith("AIMO_"));
  const hidden = own.filter((name) => file !== undefined || !SHARED.includes(name));
  const without = Object.fromEntries(hidden.map((name) => [name, undefined]));
  return file === undefined ? without : { ...without, AIMO_CONFIG_FILE: file };
}

const NAMES_BOOKS = ["AIMO_CONFIG_FILE", "AIMO_DATA_DIR", "DATABASE_URL"];

type Look = "check-ledger" | "reconcile";

const NAMED: Readonly<Record<Look, string>> = {
  "check-ledger": "aimo router check-ledger --config aimo-router/router.env",
  reconcile: "aimo router reconcile --config aimo-router/router.env",
};

/** Throws where nothing says whose books are meant: a router's own words would be about settings it was never given. */
function insistOnBooks({ environment, folder }: CommandContext, word: Look): void {
  const isNamed = NAMES_BOOKS.some((name) => (environment[name] ?? "") !== "");
  if (isNamed || existsSync(join(folder, OWN_FOLDER))) return;
  throw new CommandFault({
    what: "Which router's books?",
    why: `neither --config nor ${NAMES_BOOKS.join(" nor ")} says where they are, and there is no ${OWN_FOLDER} here.`,
    next: NAMED[word],
    reason: "usage",
  });
}

function lookWith(word: Look): RunCommand {
  return async (context, { options }) => {
    const file = options["config"];
    if (typeof file !== "string") insistOnBooks(context, word);
    const environment = routerEnvironment(typeof file === "string" ? resolve(context.folder, file) : undefined);
    if (!context.options.isJson) {
      const exitCode = await runInstalledProgram(context, "aimo-router", [word], { environment });
      return { data: {}, text: "", exitCode };
    }
    let said = "";
    const heard = (text: string): void => void (said += text);
    const exitCode = await runInstalledProgram(context, "aimo-router", [word], { environment, heard });
    const lines = said.split("\n").filter((line) => line !== "");
    context.terminal.write(`${jsonText({ is_right: exitCode === RIGHT, exit_code: exitCode, lines })}\n`);
    return { data: {}, text: "", exitCode };
  };
}

/** Proves the books with the installed router, whose exit code is this command's. */
export const routerCheckLedger: RunCommand = lookWith("check-ledger");

/** Compares the books with the chain in the same way. */
export const routerReconcile: RunCommand = lookWith("reconcile");
