// Completion of commands, options and values in a shell.
import type { CommandGroup } from "../command-spec.ts";

/** `aimo completion`, which completes the commands that `all` gives when it runs. */
export const completionCommands = (all: () => readonly CommandGroup[]): CommandGroup => ({
  noun: "",
  summary: "completion in a shell",
  commands: [
    {
      words: "completion",
      summary: "print a script that completes aimo in your shell",
      arguments: [{ name: "shell", meaning: "the shell", choices: ["bash", "zsh", "fish"] }],
      more: [
        "Put one of these where your shell reads it when it starts:",
        '  bash, in ~/.bashrc:                  eval "$(aimo completion bash)"',
        '  zsh, in ~/.zshrc behind compinit:    eval "$(aimo completion zsh)"',
        "  fish, in ~/.config/fish/config.fish: aimo completion fish | source",
      ].join("\n"),
      example: 'eval "$(aimo completion bash)"',
      load: () => import("./completion.ts").then(({ completionOf }) => completionOf(all())),
    },
  ],
});
