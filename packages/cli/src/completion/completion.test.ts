import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { CommandGroup } from "../command-spec.ts";
import { COMMANDS } from "../command-table.ts";
import { bashScript } from "./bash-script.ts";
import { completables } from "./completable.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

const load = (): Promise<never> => Promise.reject(new Error("It is not run here."));

/** Commands with everything that a shell may be asked to complete. */
const GROUPS: readonly CommandGroup[] = [
  {
    noun: "keys",
    summary: 'it\'s about API keys: $HOME `x` "y"',
    commands: [
      {
        words: "keys create",
        summary: "make one",
        options: [
          { flags: "--reset <rhythm>", meaning: "when it begins anew", choices: ["daily", "weekly"] },
          { flags: "-f, --file <file>", meaning: "a file" },
          { flags: "--folder <folder>", meaning: "a folder" },
          { flags: "--tag <tag>", meaning: "a word" },
        ],
        example: "aimo keys create",
        load,
      },
      { words: "keys list", summary: "show them", example: "aimo keys list", load },
      { words: "keys deep root", summary: "further down", example: "aimo keys deep root", load },
    ],
  },
  {
    noun: "",
    summary: "",
    commands: [
      {
        words: "paint",
        summary: "paint it",
        arguments: [{ name: "colour", meaning: "a colour", choices: ["red", "green"] }],
        takes: ["wallet"],
        example: "aimo paint red",
        load,
      },
    ],
  },
];

// What is typed, the last word being the one at the cursor, and what is offered.
const EVERY_OPTION = ["--file", "--folder", "--help", "--json", "--quiet", "--reset", "--tag"];
const CASES: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [
    ["aimo", ""],
    ["keys", "paint"],
  ],
  [["aimo", "k"], ["keys"]],
  [
    ["aimo", "--"],
    ["--help", "--version"],
  ],
  [
    ["aimo", "keys", ""],
    ["create", "deep", "list"],
  ],
  [["aimo", "keys", "deep", ""], ["root"]],
  [["aimo", "keys", "create", "--"], EVERY_OPTION],
  [
    ["aimo", "keys", "create", "--reset", ""],
    ["daily", "weekly"],
  ],
  [["aimo", "keys", "create", "--reset", "d"], ["daily"]],
  [["aimo", "keys", "create", "--reset", "daily", "--j"], ["--json"]],
  [["aimo", "keys", "--quiet", "create", "--ta"], ["--tag"]],
  [["aimo", "keys", "create", "--tag", "list", "--re"], ["--reset"]],
  [
    ["aimo", "keys", "create", "--file", "not"],
    ["notes.txt", "notes with spaces.txt"],
  ],
  [
    ["aimo", "keys", "create", "-f", "not"],
    ["notes.txt", "notes with spaces.txt"],
  ],
  [
    ["aimo", "paint", ""],
    ["green", "red"],
  ],
  [["aimo", "paint", "red", ""], []],
  [
    ["aimo", "paint", "--id", "x", ""],
    ["green", "red"],
  ],
  [["aimo", "nonsense", ""], []],
  [["aimo", "nonsense", "keys", ""], []],
];

const sorted = (words: readonly string[]): string[] => words.filter((word) => word !== "").toSorted();
const hasShell = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;
const all = completables(GROUPS);

describe("completion", () => {
  let folder: string;
  const script = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, `${text}\n`);
    return file;
  };
  const shell = (words: readonly string[]): string => {
    const [command = "", ...rest] = words;
    const { stdout, stderr, status } = spawnSync(command, rest, { cwd: folder, encoding: "utf8" });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    return stdout;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aimo-completion-"));
    writeFileSync(join(folder, "notes.txt"), "");
    writeFileSync(join(folder, "notes with spaces.txt"), "");
    mkdirSync(join(folder, "things"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("bash offers what may follow", { skip: !hasShell("bash") && "there is no bash here" }, () => {
    const file = script("aimo.bash", bashScript(all));
    // oxlint-disable-next-line no-template-curly-in-string -- bash fills it in
    const ask = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aimo; printf "%s\\n" "${COMPREPLY[@]}"';
    for (const [typed, offered] of CASES) {
      const found = shell(["bash", "--norc", "-c", ask, file, ...typed]);
      assert.deepEqual(sorted(found.split("\n")), sorted(offered), typed.join(" "));
    }
    const folders = shell(["bash", "--norc", "-c", ask, file, "aimo", "keys", "create", "--folder", "t"]);
    assert.deepEqual(sorted(folders.split("\n")), ["things"]);
    assert.match(shell(["bash", "--norc", "-c", 'source "$0"; complete -p aimo', file]), /-F _aimo aimo/);
  });

  test("zsh offers what may follow", { skip: !hasShell("zsh") && "there is no zsh here" }, () => {
    // What zsh's own completion would do with it: gather the words, look for files.
    const ask = [
      "compdef() { }",
      'compadd() { while [[ "$1" != -- ]]; do shift; done; shift; print -rl -- "$@"; }',
      // oxlint-disable-next-line no-template-curly-in-string -- zsh fills it in
      '_describe() { print -rl -- "${(@)${(@P)2}%%:*}"; }',
      "_files() { print -rl -- not*(N); }",
      'source "$0"; words=("$@"); CURRENT=$#; _aimo; true',
    ].join("\n");
    const file = script("aimo.zsh", zshScript(all));
    for (const [typed, offered] of CASES) {
      const at = typed.at(-1) ?? "";
      const found = shell(["zsh", "-f", "-c", ask, file, ...typed]).split("\n");
      const fitting = found.filter((word) => word.startsWith(at)); // zsh does that itself
      assert.deepEqual(sorted(fitting), sorted(offered), typed.join(" "));
    }
  });

  test("fish offers what may follow", { skip: !hasShell("fish") && "there is no fish here" }, () => {
    const file = script("aimo.fish", fishScript(all));
    for (const [typed, offered] of CASES) {
      const ask = `source ${file}; complete -C ${JSON.stringify(typed.join(" "))}`;
      const found = shell(["fish", "--no-config", "-c", ask]).split("\n");
      assert.deepEqual(sorted(found.map((line) => line.split("\t")[0] ?? "")), sorted(offered), typed.join(" "));
    }
  });

  test("the scripts of the whole table are read by their shells without a word", () => {
    const whole = completables(COMMANDS);
    const scripts = { bash: bashScript(whole), zsh: zshScript(whole), fish: fishScript(whole) };
    for (const [name, text] of Object.entries(scripts)) {
      if (hasShell(name)) assert.equal(shell([name, "-n", script(`whole.${name}`, text)]), "");
      for (const { path } of whole) assert.ok(text.includes(`'${path}'`) || path === "", `${name}: ${path}`);
    }
  });
});
