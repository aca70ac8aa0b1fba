// House rule: nothing in the project promises to be finished later; what is left to do is an issue.
import type { HouseRule } from "./project-file.ts";

// Written so that this line does not find itself.
const PROMISE = /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/;

/** Finds promises to finish something later, in every text file but the lockfile with its random checksums. */
export const findUnfinishedWork: HouseRule = (files) =>
  files
    .filter((file) => file.path !== "package-lock.json")
    .flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => {
        const found = PROMISE.exec(line)?.[0];
        return found === undefined ? [] : [{ path, line: index + 1, advice: `${found}: finish it, or file an issue` }];
      }),
    );
