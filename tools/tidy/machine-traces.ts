// House rule: nothing in the project knows the machine it was written on, or where that machine downloads from.
import type { HouseRule } from "./project-file.ts";

const TRACES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.$}])\/(?:work|root|farm|home|Users)\/[\w.-]/, "a path of somebody's machine: make it relative"],
  [/\/tmp\/[b]rief\b/, "a path of somebody's machine: make it relative"],
  [/"resolve[d]": "(?!packages\/|bench"|e2e")/, "a download address: keep omit-lockfile-registry-resolved in .npmrc"],
  [/^\s*(?:\S+:)?registry\s*=/, "a download address: leave the choice of a registry to the machine"],
  [/\bregistry\.(?:npmjs\.org|yarnpkg\.com)\b/, "a download address: leave the choice of a registry to the machine"],
];

/** Finds absolute paths of a machine and addresses of package registries. */
export const findMachineTraces: HouseRule = (files) =>
  files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const trace = TRACES.find(([pattern]) => pattern.test(line));
      return trace === undefined ? [] : [{ path, line: index + 1, advice: trace[1] }];
    }),
  );
