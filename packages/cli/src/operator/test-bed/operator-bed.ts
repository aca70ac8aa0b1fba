// The real program on a chain in this process, and an operator who types and answers: what `aimo router …` works with.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBinary } from "@aimo-network/escrow/binary";
import { deployProgram } from "@aimo-network/escrow/deploy/deploy-program";
import { makeKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { DeploymentBed, keyOf, plantMint } from "@aimo-network/escrow/deploy/test-bed/deployment-bed";
import { serveRpc } from "@aimo-network/escrow/deploy/test-bed/rpc-on-litesvm";
import type { RpcOnLiteSvm } from "@aimo-network/escrow/deploy/test-bed/rpc-on-litesvm";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Address } from "@solana/kit";
import type { CommandSpec, Outcome } from "../../command-spec.ts";
import type { CommandContext } from "../../context.ts";
import { parseCommandLine } from "../../program.ts";
import { readGeneralOptions } from "../../settings/general-options.ts";
import { styleFor } from "../../terminal/style.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { ROUTER_COMMANDS } from "../operator-commands.ts";

/** What a person would type when asked, in order; none, nobody can be asked. */
export type Answers = readonly (string | boolean)[];

/** What came of a command. */
export interface Ran {
  readonly outcome: Outcome;
  /** Its JSON, as members. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Notes, warnings and questions. */
  readonly said: readonly string[];
}

/** A chain with the program, and a folder of an operator's. */
export interface OperatorBed extends AsyncDisposable {
  readonly home: string;
  readonly chain: DeploymentBed;
  readonly cluster: RpcOnLiteSvm;
  readonly program: Address;
  readonly mint: Address;
  /** The payer's key file. */
  readonly payerFile: string;
  readonly said: string[];
  /** Runs a command as it is typed. */
  run(words: readonly string[], answers?: Answers, surroundings?: Partial<CommandContext>): Promise<Ran>;
  context(answers?: Answers): CommandContext;
}

/** A terminal on which a person answers with what is given, or where there is nobody. */
function scriptedTerminal(said: string[], answers: Answers | undefined): Terminal {
  const left = [...(answers ?? [])];
  const style = styleFor(false, {});
  const say = (line: string): void => void said.push(line);
  const take = (question: string): string | boolean => {
    say(question);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nobody has an answer to: ${question}`);
    return answer;
  };
  const nobody = (): never => {
    throw new Error("not asked of an operator");
  };
  return {
    isInteractive: answers !== undefined,
    isShown: false,
    width: 200,
    style,
    noteStyle: style,
    write: say,
    note: say,
    warn: say,
    progress: () => ({ at: () => undefined, done: () => undefined }),
    confirm: (question) => Promise.resolve(answers !== undefined && take(question) === true),
    ask: (question, { fallback } = {}) => {
      const answer = String(take(fallback === undefined ? question : `${question} [${fallback}]`));
      return Promise.resolve(answer === "" && fallback !== undefined ? fallback : answer);
    },
    choose: nobody,
    pick: nobody,
    readInput: nobody,
    openTexts: nobody,
  };
}

/** Opens the bed: the program is deployed, the payer has SOL, the mint is there. */
export async function openOperatorBed(): Promise<OperatorBed> {
  const [chain, program, authority] = await Promise.all([DeploymentBed.start(), keyOf("program"), keyOf("authority")]);
  const mint = (await keyOf("mint")).address;
  plantMint(chain, mint);
  await deployProgram(chain, { program, authority, code: readBinary() });
  chain.nextSlot();
  const cluster = await serveRpc(chain.svm);
  const home = mkdtempSync(join(tmpdir(), "aimo-operator-"));
  const payerFile = join(home, "payer.json");
  chain.giveSol(makeKeyFile(payerFile), 10n);
  const said: string[] = [];
  const specs = new Map<string, CommandSpec>(ROUTER_COMMANDS.commands.map((spec) => [spec.words, spec]));
  const context = (answers?: Answers): CommandContext => ({
    terminal: scriptedTerminal(said, answers),
    environment: {
      HOME: home,
      AIMO_HOME: join(home, "memory"),
      AIMO_RPC_URL: cluster.url,
      AIMO_PROGRAM_ID: program.address,
    },
    options: readGeneralOptions({}),
    clock: systemClock,
    random: systemRandom,
    folder: home,
    interrupted: new AbortController().signal,
    takeInterruptions: () => () => undefined,
  });
  return {
    ...{ home, chain, cluster, mint, payerFile, said, context, program: program.address },
    async run(words, answers, surroundings) {
      const parsed = await parseCommandLine([ROUTER_COMMANDS], "1", words);
      if (!("typed" in parsed)) throw new Error(`${words.join(" ")}: no such command line`);
      const { typed } = parsed;
      const run = await specs.get(typed.spec.words)?.load();
      said.length = 0;
      const outcome = await run?.(
        { ...context(answers), ...surroundings, options: readGeneralOptions(typed.options) },
        typed,
      );
      if (outcome === undefined) throw new Error(`${words.join(" ")}: nothing came of it`);
      const data = JSON.parse(
        JSON.stringify(outcome.data, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)),
      ) as Ran["data"];
      return { outcome, data, said: [...said] };
    },
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      rmSync(home, { recursive: true });
    },
  };
}

/** Every option of `router init` that decides something, as the lines of a table. */
const TERMS: Readonly<Record<string, string>> = {
  "--url": "https://router.example",
  "--fee-bps": "250",
  "--min-deposit": "1",
  "--user-exit-delay": "24h",
  "--provider-exit-delay": "7d",
  "--allowance-notice": "12h",
  "--settler-window": "1h",
  "--settler-window-cap": "500",
};

/** The words of a whole `router init`. */
export function initWords(bed: OperatorBed, folder: string, changes: Readonly<Record<string, string>> = {}): string[] {
  const options = { ...TERMS, "--mint": bed.mint, "--payer": bed.payerFile, "--folder": folder, ...changes };
  return ["router", "init", ...Object.entries(options).flat()];
}

/** Writes a file of the bed's home. */
export function writeInto(bed: OperatorBed, name: string, text: string): void {
  writeFileSync(join(bed.home, name), text, { mode: 0o600 });
}
