// Whether this machine is fit: its Node, its programs, its clock.
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { runInstalledProgram } from "../installed-program.ts";
import { CLOCK_SKEW_MAX_MS } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { VERSION } from "../version.ts";
import type { Finding, Question } from "./question.ts";
import { bad, good, needed, NotAsked } from "./question.ts";

const NODE_MIN = { major: 22, minor: 18 }; // native TypeScript without a warning, and what the proxy needs

/** Judges a version of Node. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const isNew = major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor);
  if (isNew) return good(`v${version}`);
  return bad(
    `v${version} is older than v${NODE_MIN.major}.${NODE_MIN.minor}`,
    "Install a newer Node.js: https://nodejs.org/en/download",
  );
}

/** Versions that understand each other: until 1.0 the second number counts, as in npm's ranges. */
function epochOf(version: string): string {
  const [major = "", minor = ""] = version.split(".");
  return major === "0" ? `0.${minor}` : major;
}

/** Judges another program's version against this one's. */
export function versionFinding(version: string, upgrade: string): Finding {
  if (epochOf(version) === epochOf(VERSION)) return good(version);
  return bad(`${version}, while aimo is ${VERSION}`, upgrade);
}

async function proxyVersion(context: CommandContext): Promise<Finding> {
  let said = "";
  const heard = (text: string): void => void (said += text);
  try {
    const code = await runInstalledProgram(context, "aimo-proxy", ["--version"], { heard });
    const version = safeLine(said, VERSION_CHARS_MAX);
    if (code === 0) return versionFinding(version, "npm install -g aimo aimo-proxy");
    return bad(`aimo-proxy does not start: ${version}`, "npm install -g aimo-proxy");
  } catch (error) {
    if (!(error instanceof CommandFault) || error.words.code !== "program_missing") throw error;
    throw new NotAsked("not installed; only who sells models needs it", error.words.next);
  }
}

const VERSION_CHARS_MAX = 100;

/**
 * Judges this clock against a router's `Date`, which has whole seconds: what can be put down to the seconds or to the
 * time on the way speaks for the clock.
 */
export function clockFinding(
  asked: { readonly beforeMs: number; readonly afterMs: number },
  date: string | null,
): Finding {
  const dateMs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(dateMs)) throw new NotAsked("not asked: the router's answer has no date");
  const aheadMs = asked.beforeMs - (dateMs + LAST_OF_SECOND_MS);
  const behindMs = dateMs - asked.afterMs;
  const offMs = Math.max(aheadMs, behindMs, 0);
  const words =
    offMs === 0
      ? "agrees with the router's"
      : `${Math.ceil(offMs / 1_000)} s ${aheadMs > 0 ? "ahead of" : "behind"} the router's`;
  if (offMs <= CLOCK_SKEW_MAX_MS) return good(words);
  return bad(
    `${words}: keys and logins are refused`,
    "Set the clock: timedatectl set-ntp true, or the system's settings.",
  );
}

const LAST_OF_SECOND_MS = 999;

async function clockSkew({ clock }: CommandContext, { client }: Router): Promise<Finding> {
  const beforeMs = clock.now();
  const { response } = await client.callWhole("/.well-known/aimo.json");
  return clockFinding({ beforeMs, afterMs: clock.now() }, response.headers.get("date"));
}

/** The questions about this machine. */
export function machineQuestions(context: CommandContext, router: Promise<Router>): readonly Question[] {
  const away = "the router does not answer";
  return [
    { id: "node", name: "Node.js", ask: async () => nodeFinding(process.versions.node) },
    { id: "version.aimo", name: "aimo", ask: async () => good(VERSION) },
    { id: "version.proxy", name: "aimo-proxy", ask: () => proxyVersion(context) },
    {
      id: "router",
      name: "router",
      async ask() {
        const { id, facts, client } = await router;
        return good(`${safeLine(facts.name)} at ${client.url} is ${id}`);
      },
    },
    {
      id: "version.router",
      name: "router's version",
      async ask() {
        const { facts } = await needed(router, away);
        return versionFinding(
          safeLine(facts.version, VERSION_CHARS_MAX),
          "npm install -g aimo, or ask the router's operator.",
        );
      },
    },
    {
      id: "clock",
      name: "clock",
      ask: async () => await clockSkew(context, await needed(router, away)),
    },
  ];
}
