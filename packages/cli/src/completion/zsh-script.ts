// Completion for zsh: sourced, or in a file `_aimo` on the fpath.
import type { Completable, Value } from "./completable.ts";
import { argumentValues, optionValues } from "./completable.ts";
import { caseFunction, quoted } from "./posix-case.ts";

function valueBody(value: Value): string {
  if (value.kind === "choice") return `compadd -- ${value.choices.map(quoted).join(" ")}`;
  if (value.kind === "file") return "_files";
  return value.kind === "folder" ? "_files -/" : ":";
}

/** A word and its meaning, as `_describe` takes them. */
function described(word: string, meaning: string): string {
  return quoted(`${word.replaceAll(":", String.raw`\:`)}:${meaning}`);
}

function describeBody(tag: string, pairs: readonly (readonly [word: string, meaning: string])[]): string {
  if (pairs.length === 0) return ":";
  return `_aimo_found=(${pairs.map(([word, meaning]) => described(word, meaning)).join(" ")}); _describe ${tag} _aimo_found`;
}

const COMPLETE = `_aimo() {
  local word path_ previous place step
  local -a _aimo_found
  path_=""
  previous=""
  place=0
  for ((step = 2; step < CURRENT; step++)); do
    word="\${words[step]}"
    if [[ -n "$previous" ]]; then
      previous=""
    elif [[ "$word" == -* ]]; then
      if _aimo_takes "$path_ $word"; then previous="$word"; fi
    elif _aimo_knows "\${path_:+$path_ }$word"; then
      path_="\${path_:+$path_ }$word"
    else
      place=$((place + 1))
    fi
  done
  if [[ -n "$previous" ]]; then
    _aimo_values "$path_ $previous"
  elif [[ "\${words[CURRENT]}" == -* ]]; then
    _aimo_options "$path_"
  elif [[ "$place" -eq 0 ]]; then
    _aimo_arguments "$path_" || _aimo_words "$path_"
  fi
}

if [[ "\${funcstack[1]}" == "_aimo" ]]; then
  _aimo "$@"
else
  compdef _aimo aimo
fi`;

/** The script for zsh. */
export function zshScript(all: readonly Completable[]): string {
  const values = optionValues(all);
  return [
    "#compdef aimo",
    "# Completion of aimo for zsh; made by `aimo completion zsh`.",
    caseFunction(
      "_aimo_knows",
      all.map(({ path }) => [path, "return 0"]),
    ),
    caseFunction(
      "_aimo_takes",
      values.map(({ place }) => [place, "return 0"]),
    ),
    caseFunction(
      "_aimo_words",
      all.map(({ path, children }) => [
        path,
        describeBody(
          "command",
          children.map(({ word, meaning }) => [word, meaning]),
        ),
      ]),
    ),
    caseFunction(
      "_aimo_options",
      all.map(({ path, options }) => [
        path,
        describeBody(
          "option",
          options.map(({ spellings, meaning }) => [spellings.at(-1) ?? "", meaning]),
        ),
      ]),
    ),
    caseFunction(
      "_aimo_values",
      values.map(({ place, value }) => [place, valueBody(value)]),
    ),
    caseFunction(
      "_aimo_arguments",
      argumentValues(all).map(({ place, value }) => [place, valueBody(value)]),
    ),
    COMPLETE,
  ].join("\n\n");
}
