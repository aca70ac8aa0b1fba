// The commands of `aimo-proxy` and their options.
import { Command, Option } from "commander";
import { check } from "./check.ts";
import { ConfigFileMissing } from "./config-file.ts";
import { ConfigFaults } from "./config/config-faults.ts";
import { askHealth, HealthFault } from "./health.ts";
import { NodeTooOld } from "./link/proxy-agent.ts";
import type { LogLevel } from "./log.ts";
import type { Surroundings } from "./surroundings.ts";
import { run } from "./run.ts";
import { SOFTWARE, VERSION } from "./version.ts";

interface ConfigOption {
  readonly config?: string;
}

interface CheckOptions extends ConfigOption {
  readonly json?: boolean;
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
    .option("--json", "print JSON for programs")
    .action(async (_options: CheckOptions, used: Command) => {
      const { config, json } = used.optsWithGlobals<CheckOptions>();
      code = await check(config, surroundings, { isJson: json === true });
    });
  program
    .command("health")
    .description("ask the proxy that runs here, at AIMO_PROXY_HEALTH, whether a router link is live")
    .action(async () => {
      code = await askHealth(surroundings);
    });
  try {
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    return exitCodeOf(error, surroundings);
  }
}

/** Faults whose message is for the person who started the program. */
const TOLD = [ConfigFaults, ConfigFileMissing, HealthFault, NodeTooOld];

function exitCodeOf(error: unknown, { errors }: Surroundings): number {
  if (TOLD.some((told) => error instanceof told)) {
    errors.write(`${(error as Error).message}\n`);
    return 1;
  }
  // Commander throws after it has printed help, version or a misspelt option.
  if (error instanceof Error && "exitCode" in error && typeof error.exitCode === "number") return error.exitCode;
  throw error;
}
