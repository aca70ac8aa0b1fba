// `aimo provider check`: the proxy's own check, run as a program of its own.
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { runInstalledProgram } from "../installed-program.ts";
import { safeText } from "../terminal/safe-text.ts";

/** The same for --json, with its report as the result; what it says where there is none is told as any fault. */
async function checkForPrograms(context: CommandContext, words: readonly string[]): Promise<number> {
  const said = { output: "", errors: "" };
  const heard = (text: string, by: keyof typeof said): void => void (said[by] += text);
  const exitCode = await runInstalledProgram(context, "aimo-proxy", [...words, "--json"], { heard });
  if (said.output === "") {
    throw new CommandFault({
      what: "Nothing could be checked.",
      why: safeText(said.errors).trim(),
      next: "aimo provider init makes a config.toml; --config names one that is elsewhere.",
      reason: "usage",
    });
  }
  context.terminal.write(said.output);
  return exitCode;
}

/** Checks a config with the installed proxy, whose exit code is this command's. */
export const providerCheck: RunCommand = async (context, { options }) => {
  const file = options["config"];
  const words = ["check", ...(typeof file === "string" ? ["--config", file] : [])];
  const exitCode = context.options.isJson
    ? await checkForPrograms(context, words)
    : await runInstalledProgram(context, "aimo-proxy", words);
  return { data: {}, text: "", exitCode };
};
