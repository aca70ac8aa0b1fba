// `aimo provider check`: the proxy's own check, run as a program of its own.
import type { RunCommand } from "../command-spec.ts";
import { runInstalledProgram } from "../installed-program.ts";

/** Checks a config with the installed proxy, whose exit code is this command's. */
export const providerCheck: RunCommand = async (context, { options }) => {
  const file = options["config"];
  const words = [
    "check",
    ...(typeof file === "string" ? ["--config", file] : []),
    ...(context.options.isJson ? ["--json"] : []),
  ];
  return { data: {}, text: "", exitCode: await runInstalledProgram(context, "aimo-proxy", words) };
};
