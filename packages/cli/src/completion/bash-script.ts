// Completion for bash, from version 3.2 on, which is what macOS has.
import type { Completable, Value } from "./completable.ts";
import { argumentValues, optionValues } from "./completable.ts";
import { caseFunction, quoted } from "./posix-case.ts";

function valueBody(value: Value): string {
  if (value.kind === "choice") return `printf '%s\\n' ${value.choices.map(quoted).join(" ")}`;
  if (value.kind === "file") return "echo :file";
  return value.kind === "folder" ? "echo :folder" : ":";
}

const COMPLETE = `_aimo() {
  local word path values step place
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local previous=""
  path=""
  values=""
  place=0
  COMPREPLY=()
  for ((step = 1; step < COMP_CWORD; step++)); do
    word="\${COMP_WORDS[step]}"
    if [ -n "$previous" ]; then
      previous=""
    elif [ "\${word#-}" != "$word" ]; then
      if _aimo_values "$path $word" >/dev/null; then previous="$word"; fi
    elif _aimo_words "\${path:+$path }$word" >/dev/null; then
      path="\${path:+$path }$word"
    else
      place=$((place + 1))
    fi
  done
  if [ -n "$previous" ]; then
    values="$(_aimo_values "$path $previous")"
  elif [ "\${current#-}" != "$current" ]; then
    values="$(_aimo_options "$path")"
  elif [ "$place" -eq 0 ]; then
    values="$(_aimo_arguments "$path" || _aimo_words "$path")"
  fi
  local IFS=$'\\n'
  case "$values" in
    :file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
    :folder) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$values" -- "$current")) ;;
  esac
}`;

/** The script for bash. */
export function bashScript(all: readonly Completable[]): string {
  const lines = (words: readonly string[]): string =>
    words.length === 0 ? ":" : `printf '%s\\n' ${words.map(quoted).join(" ")}`;
  return [
    "# Completion of aimo for bash; made by `aimo completion bash`.",
    caseFunction(
      "_aimo_words",
      all.map(({ path, children }) => [path, lines(children.map(({ word }) => word))]),
    ),
    caseFunction(
      "_aimo_options",
      all.map(({ path, options }) => [path, lines(options.flatMap(({ spellings }) => spellings.slice(-1)))]),
    ),
    caseFunction(
      "_aimo_values",
      optionValues(all).map(({ place, value }) => [place, valueBody(value)]),
    ),
    caseFunction(
      "_aimo_arguments",
      argumentValues(all).map(({ place, value }) => [place, valueBody(value)]),
    ),
    COMPLETE,
    "complete -F _aimo aimo",
  ].join("\n\n");
}
