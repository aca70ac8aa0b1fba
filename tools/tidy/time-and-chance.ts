// House rule: code learns the time and draws lots only through the Clock and the Random it is given.
import { Visitor } from "oxc-parser";
import { isCode, isTestCode } from "./project-file.ts";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

const SOURCES = /^packages\/protocol\/src\/(clock|random)(\.test)?\.ts$/;

const TIMERS = new Set(["setTimeout", "setInterval"]);
const MEMBERS = new Set([
  "Date.now",
  "Math.random",
  "performance.now",
  "AbortSignal.timeout",
  "crypto.getRandomValues",
  "crypto.randomUUID",
  "crypto.randomBytes",
  "crypto.randomInt",
  ...[...TIMERS].map((timer) => `globalThis.${timer}`),
]);
const CRYPTO_CHANCE = new Set([
  "getRandomValues",
  "randomBytes",
  "randomFill",
  "randomFillSync",
  "randomInt",
  "randomUUID",
]);

const CLOCK = "take a Clock (@aimo-network/protocol/clock)";
const RANDOM = "take a Random (@aimo-network/protocol/random)";

function adviceFor(what: string): string {
  return `${what}: ${/random/i.test(what) ? RANDOM : CLOCK}`;
}

function forbiddenImports(file: ProjectFile): Finding[] {
  return file.syntax.module.staticImports.flatMap(({ start, moduleRequest, entries }) => {
    const line = file.lineAt(start);
    const name = moduleRequest.value.replace(/^node:/, "");
    if (name === "timers" || (name === "timers/promises" && !isTestCode(file))) {
      return [{ path: file.path, line, advice: adviceFor(moduleRequest.value) }];
    }
    if (name !== "crypto") return [];
    const drawn = entries.map((entry) => entry.importName.name ?? "").filter((entry) => CRYPTO_CHANCE.has(entry));
    return drawn.map((entry) => ({ path: file.path, line, advice: adviceFor(entry) }));
  });
}

function forbiddenUses(file: ProjectFile): Finding[] {
  const found: Finding[] = [];
  const report = (start: number, what: string): void => {
    found.push({ path: file.path, line: file.lineAt(start), advice: adviceFor(what) });
  };
  new Visitor({
    MemberExpression({ object, property, start }) {
      if (object.type !== "Identifier" || property.type !== "Identifier") return;
      const member = `${object.name}.${property.name}`;
      if (MEMBERS.has(member)) report(start, member);
    },
    CallExpression({ callee, start }) {
      if (callee.type === "Identifier" && (TIMERS.has(callee.name) || callee.name === "Date"))
        report(start, callee.name);
    },
    NewExpression({ callee, arguments: given, start }) {
      if (callee.type === "Identifier" && callee.name === "Date" && given.length === 0) report(start, "new Date()");
    },
  }).visit(file.syntax.program);
  return found;
}

/** Finds clocks, timers and random numbers that are not passed in; tests with real sockets may wait by timers/promises. */
export const findTimeAndChance: HouseRule = (files) =>
  files
    .filter((file) => isCode(file) && !SOURCES.test(file.path))
    .flatMap((file) => [...forbiddenImports(file), ...forbiddenUses(file)]);
