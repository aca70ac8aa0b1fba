// `aimo doctor`: everything a support thread would ask, asked at once, each answer with its remedy.
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { within } from "@aimo-network/protocol/clock";
import type { CommandContext } from "../context.ts";
import type { Outcome, RunCommand } from "../command-spec.ts";
import { textOf } from "../keys/option-words.ts";
import { DOCTOR_QUESTION_MS, VARIABLES_FILE_BYTES_MAX } from "../limits.ts";
import { findRouter, wantedRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { PROVIDER_KEY_NAME } from "../provider/config-text.ts";
import { variable } from "../settings/environment.ts";
import type { Style } from "../terminal/style.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { configQuestions, wantedConfig } from "./config-questions.ts";
import type { KeyPlace } from "./key-questions.ts";
import { keyQuestions } from "./key-questions.ts";
import { machineQuestions } from "./machine-questions.ts";
import type { Finding, Question } from "./question.ts";
import { findingOf, NotAsked } from "./question.ts";
import { walletQuestions } from "./wallet-questions.ts";

/** The proxy's key: the variable, or the `.env` beside the config, which the proxy reads too. */
function providerKey({ environment }: CommandContext, config: string | undefined): string | undefined {
  const set = environment[PROVIDER_KEY_NAME] ?? "";
  if (set !== "" || config === undefined) return set === "" ? undefined : set;
  const file = join(dirname(config), ".env");
  try {
    if (statSync(file).size > VARIABLES_FILE_BYTES_MAX) return undefined;
    return parseEnv(readFileSync(file, "utf8"))[PROVIDER_KEY_NAME];
  } catch {
    return undefined; // there is none, or it is not ours to read
  }
}

function keyPlaces(context: CommandContext, config: string | undefined): readonly KeyPlace[] {
  const apiKey = variable(context.environment, "AIMO_API_KEY")?.trim();
  const sellingKey = providerKey(context, config)?.trim();
  const router = wantedRouter(context) ?? "<url>";
  const toSell = `aimo keygen --router ${router} --earn-only makes one; put it into .env as ${PROVIDER_KEY_NAME}.`;
  const toCall = `aimo keygen --router ${router} makes one; set AIMO_API_KEY to it.`;
  return [
    {
      id: "api_key",
      name: "AIMO_API_KEY",
      async find() {
        if (apiKey === undefined) throw new NotAsked("not set: commands sign their own keys with the wallet");
        return { text: apiKey, remedy: toCall };
      },
    },
    {
      id: "provider_key",
      name: PROVIDER_KEY_NAME,
      async find() {
        if (sellingKey === undefined) throw new NotAsked("neither set nor in a .env beside a config");
        return { text: sellingKey, remedy: toSell };
      },
    },
  ];
}

interface Answered extends Finding {
  readonly id: string;
  readonly name: string;
}

async function answer({ clock }: CommandContext, question: Question): Promise<Answered> {
  const { id, name, waitMs = DOCTOR_QUESTION_MS } = question;
  const work = question.ask().catch(findingOf);
  const late: Finding = {
    verdict: "bad",
    words: `no answer within ${waitMs / 1_000} s`,
    next: "Try again; if it stays so, check the network.",
  };
  return { id, name, ...((await within(clock, waitMs, work)) ?? late) };
}

const SIGNS: Readonly<Record<Finding["verdict"], string>> = { good: "✓", bad: "✗", open: "–" };

function painted(verdict: Finding["verdict"], { good, bad, faint }: Style): string {
  const paint = { good, bad, open: faint }[verdict];
  return paint(SIGNS[verdict]);
}

function lineText({ verdict, name, words, next }: Answered, width: number, style: Style): string {
  const line = `${painted(verdict, style)} ${name.padEnd(width)}  ${verdict === "open" ? style.faint(words) : words}`;
  return next === undefined ? line : `${line}\n  ${" ".repeat(width)}  ${style.faint("→")} ${next}`;
}

function outcomeOf({ terminal: { style } }: CommandContext, answers: readonly Answered[]): Outcome {
  const width = Math.max(...answers.map(({ name }) => name.length));
  const faults = answers.filter(({ verdict }) => verdict === "bad").length;
  const last = faults === 0 ? style.good("Nothing is wrong.") : style.bad(`${faults} of ${answers.length} are wrong.`);
  const data = {
    ok: faults === 0,
    questions: answers.map(({ id, verdict, words, next }) => ({ id, verdict, words, next: next ?? null })),
  };
  const text = [...answers.map((each) => lineText(each, width, style)), "", last].join("\n");
  return { data, text, reason: faults === 0 ? "done" : "failed" };
}

/** Of what a key is about only its first line is shown where there is none. */
function isWorthALine({ id, verdict }: Answered, all: readonly Answered[]): boolean {
  if (verdict !== "open" || !id.includes(".")) return true;
  const first = all.find((each) => each.id === id.split(".")[0]);
  return first?.verdict !== "open";
}

function questionsOf(context: CommandContext, config: string | undefined, signal: AbortSignal): readonly Question[] {
  const router: Promise<Router> = findRouter(context);
  const wallet = openWallet(context);
  for (const each of [router, wallet]) each.catch(() => undefined); // each question that needs it tells
  const places = keyPlaces(context, config);
  const hasKey =
    variable(context.environment, "AIMO_API_KEY") !== undefined || providerKey(context, config) !== undefined;
  const needsFunds = config === undefined && !hasKey;
  return [
    ...machineQuestions(context, router),
    ...walletQuestions(context, { wallet, router, needsFunds }),
    ...places.flatMap((place) => keyQuestions(context, place, router)),
    ...configQuestions(context, config, signal),
  ];
}

/** Asks everything side by side; ends as failed where one thing is wrong. */
export const doctor: RunCommand = async (context, { options }) => {
  const config = wantedConfig(context, textOf(options["config"]));
  const over = new AbortController(); // what is still asked when all is told is asked in vain
  const interrupted = AbortSignal.any([context.interrupted, over.signal]);
  const asking: CommandContext = { ...context, interrupted };
  const progress = context.terminal.progress("Asking");
  try {
    const questions = questionsOf(asking, config, over.signal);
    const answers = await Promise.all(questions.map((question) => answer(context, question)));
    return outcomeOf(
      context,
      answers.filter((each) => isWorthALine(each, answers)),
    );
  } finally {
    progress.done();
    over.abort();
  }
};
