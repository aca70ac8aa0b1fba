// The questions that a router's terms are answers to: given as options, or asked with a proposal; none is decided silently.
import { isAddress } from "@solana/kit";
import type { Address } from "@solana/kit";
import type { RouterPlan } from "@aimo-network/escrow/deploy/router-plan";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { ANSWER_TRIES_MAX } from "../limits.ts";
import { routerUrl } from "../network/router-url.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { parseDuration } from "./duration.ts";

/** What is decided before a router is opened, but for who has which role. */
export type RouterTerms = Pick<RouterPlan, "mint" | "url" | "params">;

/** One thing to decide. */
interface Question<Value> {
  /** As it stands on the command line. */
  readonly option: string;
  readonly question: string;
  readonly proposal?: string;
  /** Throws what is wrong with an answer. */
  readonly read: (text: string) => Value;
}

/** The options that were given, by their names in camel case. */
export type GivenOptions = Readonly<Record<string, unknown>>;

function wrong(option: string, expected: string, found: string): CommandFault {
  const why = `found ${JSON.stringify(found.slice(0, 80))}.`;
  return new CommandFault({ what: `${option}: expected ${expected}.`, why, reason: "usage" });
}

/** The URL of a router without a slash at its end; throws `CommandFault`. */
function readPublicUrl(text: string, option: string): string {
  const url = routerUrl(text);
  if (url === undefined) throw wrong(option, "a URL such as https://router.example", text);
  return url;
}

/** An address in base58; throws `CommandFault`. */
export function readAddress(text: string, option: string): Address {
  if (isAddress(text)) return text;
  throw wrong(option, "an address in base58", text);
}

function readCount(text: string, option: string): bigint {
  if (/^[0-9]{1,5}$/.test(text)) return BigInt(text);
  throw wrong(option, "a whole number", text);
}

function readUsdc(text: string, option: string): bigint {
  try {
    return parseMicroUsdc(text);
  } catch {
    throw wrong(option, "USDC with at most six decimals, such as 5 or 0.25", text);
  }
}

function time(option: string, question: string, proposal: string): Question<bigint> {
  return { option, question, proposal, read: (text) => parseDuration(text, option) };
}

function usdc(option: string, question: string, proposal: string): Question<bigint> {
  return { option, question, proposal, read: (text) => readUsdc(text, option) };
}

const URL_QUESTION: Question<string> = {
  option: "--url",
  question: "Where will clients reach the router (its public URL)?",
  read: (text) => readPublicUrl(text, "--url"),
};

const PARAM_QUESTIONS: Readonly<Record<keyof RouterPlan["params"], Question<bigint>>> = {
  feeBps: {
    option: "--fee-bps",
    question: "The router's share of what is settled, in hundredths of a percent (at most 500)?",
    proposal: "250",
    read: (text) => readCount(text, "--fee-bps"),
  },
  minDeposit: usdc("--min-deposit", "The smallest deposit, in USDC?", "1"),
  userExitDelay: time("--user-exit-delay", "How long until a user has left without the router (1h to 7d)?", "24h"),
  providerExitDelay: time("--provider-exit-delay", "And a provider (1d to 30d)?", "7d"),
  allowanceNotice: time(
    "--allowance-notice",
    "How long until a user's lower allowance counts (at most half the user's delay; a pause lasts half of it)?",
    "12h",
  ),
  settlerWindow: time("--settler-window", "The window that the settler's cap is for (1h to 7d)?", "1h"),
  settlerWindowCap: usdc(
    "--settler-window-cap",
    "The most USDC settled in one window (your busiest window, not more: a thief of the settler's key gets it)?",
    "500",
  ),
};

function mintQuestion(proposal: string | undefined): Question<Address> {
  return {
    option: "--mint",
    question: "The mint of the token that is paid in?",
    ...(proposal !== undefined && { proposal }),
    read: (text) => readAddress(text, "--mint"),
  };
}

/** The value of `--some-option` among the options. */
export function givenText(given: GivenOptions, option: string): string | undefined {
  const name = option.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const value = given[name];
  return typeof value === "string" ? value : undefined;
}

async function ask<Value>({ terminal }: CommandContext, { question, proposal, read }: Question<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    const said = await terminal.ask(question, proposal === undefined ? {} : { fallback: proposal });
    try {
      return read(said.trim());
    } catch (error) {
      if (!(error instanceof Error) || tries >= ANSWER_TRIES_MAX) throw error;
      terminal.warn(error.message);
    }
  }
}

async function answer<Value>(context: CommandContext, given: GivenOptions, question: Question<Value>): Promise<Value> {
  const text = givenText(given, question.option);
  return text === undefined ? await ask(context, question) : question.read(text);
}

/** Tells everything that is missing at once, where nobody can be asked. */
function insistOnAll(context: CommandContext, given: GivenOptions, questions: readonly Question<unknown>[]): void {
  const missing = questions.filter(({ option }) => givenText(given, option) === undefined);
  if (context.terminal.isInteractive || missing.length === 0) return;
  const proposed = missing.map(
    ({ option, proposal }) => `${option} ${proposal === undefined ? "…" : shellWord(proposal)}`,
  );
  throw new CommandFault({
    what: "Not all of the router's terms are decided, and nobody can be asked here.",
    why: `missing: ${missing.map(({ option }) => option).join(", ")}.`,
    next: `Add what you decide, such as: ${proposed.join(" ")}`,
    reason: "usage",
    code: "terms_missing",
  });
}

/** The terms, from the options that were given and the answers of whoever is there. Throws `CommandFault`. */
export async function askTerms(
  context: CommandContext,
  given: GivenOptions,
  usualMint: string | undefined,
): Promise<RouterTerms> {
  const mint = mintQuestion(usualMint);
  insistOnAll(context, given, [URL_QUESTION, mint, ...Object.values(PARAM_QUESTIONS)]);
  const url = await answer(context, given, URL_QUESTION);
  const decidedMint = await answer(context, given, mint);
  const params: [string, bigint][] = [];
  for (const [name, question] of Object.entries(PARAM_QUESTIONS)) {
    params.push([name, await answer(context, given, question)]);
  }
  return { url, mint: decidedMint, params: Object.fromEntries(params) as RouterPlan["params"] };
}

/** The options that say otherwise than terms that are decided already. */
export function contradictions(given: GivenOptions, { url, mint, params }: RouterTerms): readonly string[] {
  const pairs: readonly (readonly [Question<unknown>, unknown])[] = [
    [URL_QUESTION, url],
    [mintQuestion(undefined), mint],
    ...Object.entries(PARAM_QUESTIONS).map(
      ([name, question]) => [question, params[name as keyof RouterPlan["params"]]] as const,
    ),
  ];
  return pairs.flatMap(([{ option, read }, decided]) => {
    const text = givenText(given, option);
    return text === undefined || read(text) === decided ? [] : [option];
  });
}
