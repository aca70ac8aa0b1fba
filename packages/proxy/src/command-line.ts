// The commands of `aimo-proxy` and their options.
import { Command, Option } from "commander";
import { check } from "./check.ts";
import { ConfigFileMissing } from "./config-file.ts";
import { ConfigFaults } from "./config/config-faults.ts";
import type { LogLevel } from "./log.ts";
import type { Surroundings } from "./run.ts";
import { run } from "./run.ts";
import { SOFTWARE, VERSION } from "./version.ts";

interface ConfigOption {
  readonly config?: string;
}

interface RunOptions extends ConfigOption {
  readonly logLevel?: LogLevel;
}

const CONFIG = ["-c, --config <file>", "the config file (default: CONFIG_FILE_PATH, else config.toml)"] as const;

const LOG_LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** How much `run` logs; every level has ids and codes only. */
function logLevel(): Option {
  return new Option("--log-level <level>", "how much is logged (default: info)").choices(LOG_LEVELS);
}

/** Runs the command that `words` (without program and script) name; resolves with the exit code. */
export async function commandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  let code = 0;
  const program = new Command(SOFTWARE)
    .description("Sells an OpenAI-compatible model API on AiMo Network through one outbound connection.")
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => void surroundings.output.write(text),
      writeErr: (text) => void surroundings.errors.write(text),
    })
    .exitOverride();
  const sell = async (_options: RunOptions, used: Command): Promise<void> => {
    const options = used.optsWithGlobals<RunOptions>();
    code = await run(options.config, surroundings, options.logLevel);
  };
  program
    .option(...CONFIG)
    .addOption(logLevel())
    .action(sell);
  program
    .command("run")
    .description("sell the models of the config (what is done without a command)")
    .option(...CONFIG)
    .addOption(logLevel())
    .action(sell);
  program
    .command("check")
    .description("call every model and router once for real: what works, and what will lose money")
    .option(...CONFIG)
    .action(async (_options: ConfigOption, used: Command) => {
      code = await check(used.optsWithGlobals<ConfigOption>().config, surroundings);
    });
  try {
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    return exitCodeOf(error, surroundings);
  }
}

function exitCodeOf(error: unknown, { errors }: Surroundings): number {
  if (error instanceof ConfigFaults || error instanceof ConfigFileMissing) {
    errors.write(`${error.message}\n`);
    return 1;
  }
  // Commander throws after it has printed help, version or a misspelt option.
  if (error instanceof Error && "exitCode" in error && typeof error.exitCode === "number") return error.exitCode;
  throw error;
}
