// Completion for fish.
import type { Completable, CompletableOption, Value } from "./completable.ts";
import { argumentValues, optionValues } from "./completable.ts";

/** A text in fish's single quotes, where a backslash and a quote need one before them. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}

function listed(choices: readonly string[]): string {
  return quoted(choices.join(" "));
}

function valueFlags(value: Value): string {
  if (value.kind === "choice") return `-x -a ${listed(value.choices)}`;
  if (value.kind === "file") return "-r -F";
  return value.kind === "folder" ? "-x -a '(__fish_complete_directories)'" : "-x";
}

function optionLine(path: string, { spellings, meaning, value }: CompletableOption): string {
  const names = spellings.map((spelling) =>
    spelling.startsWith("--") ? `-l ${spelling.slice(2)}` : `-s ${spelling.slice(1)}`,
  );
  const flags = value.kind === "none" ? "" : ` ${valueFlags(value)}`;
  return `complete -c aimo -n ${quoted(`__aimo_at ${path === "" ? "''" : quoted(path)}`)} ${names.join(" ")}${flags} -d ${quoted(meaning)}`;
}

function wordLine(path: string, word: string, meaning: string): string {
  return `complete -c aimo -n ${quoted(`__aimo_begins ${path === "" ? "''" : quoted(path)}`)} -a ${quoted(word)} -d ${quoted(meaning)}`;
}

function argumentLine(place: string, value: Value): string {
  const words = value.kind === "choice" ? `-a ${listed(value.choices)}` : "-F";
  return `complete -c aimo -n ${quoted(`__aimo_begins ${quoted(place)}`)} ${words}`;
}

const PLACE = `# Prints the words of the command that is typed, and how many arguments it has already.
function __aimo_place
    set -l path ''
    set -l place 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip -eq 1
            set skip 0
        else if string match -q -- '-*' $word
            if contains -- "$path $word" $__aimo_takes
                set skip 1
            end
        else if contains -- (string trim -- "$path $word") $__aimo_paths
            set path (string trim -- "$path $word")
        else
            set place (math $place + 1)
        end
    end
    printf '%s\\n' $path $place
end

function __aimo_at
    set -l here (__aimo_place)
    test "$here[1]" = "$argv[1]"
end

function __aimo_begins
    set -l here (__aimo_place)
    test "$here[1]" = "$argv[1]"; and test "$here[2]" = 0
end`;

/** The script for fish. */
export function fishScript(all: readonly Completable[]): string {
  const paths = all.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  const takes = optionValues(all).map(({ place }) => quoted(place));
  return [
    "# Completion of aimo for fish; made by `aimo completion fish`.",
    `set -g __aimo_paths ${paths.join(" ")}`,
    `set -g __aimo_takes ${takes.join(" ")}`,
    PLACE,
    [
      "complete -c aimo -e",
      "complete -c aimo -f",
      ...all.flatMap(({ path, children, options }) => [
        ...children.map(({ word, meaning }) => wordLine(path, word, meaning)),
        ...options.map((option) => optionLine(path, option)),
      ]),
      ...argumentValues(all).map(({ place, value }) => argumentLine(place, value)),
    ].join("\n"),
  ].join("\n\n");
}
