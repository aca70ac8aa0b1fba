// The command that finds out what is wrong.
import type { CommandGroup } from "../command-spec.ts";

/** `aimo doctor`. */
export const DOCTOR_COMMANDS: CommandGroup = {
  noun: "",
  summary: "find out what is wrong",
  commands: [
    {
      words: "doctor",
      summary: "everything a support thread would ask, each answer with its remedy",
      options: [
        { flags: "-c, --config <file>", meaning: "a proxy's config to check too (CONFIG_FILE_PATH, else config.toml)" },
      ],
      takes: ["router", "wallet", "chain"],
      more: "✓ is as it should be, ✗ is wrong, – could not be asked or does not matter here. Nothing is changed and nothing signed but a key for reading. Ends with 1 where something is wrong. A config is checked by calling its models, which costs a few tokens each.",
      example: "aimo doctor --router https://router.example",
      load: () => import("./doctor.ts").then(({ doctor }) => doctor),
    },
  ],
};
