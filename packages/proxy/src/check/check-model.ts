// Asks a model in the three ways clients ask, and judges whether each answer works and will be paid.
import type { ServedModel } from "../serving/settings.ts";
import type { Finding, Verdict } from "./finding.ts";
import { shown } from "./finding.ts";
import type { ProbeAnswer, ProbeOutcome, ProbeTools } from "./probe.ts";
import { probe } from "./probe.ts";

/** The row of one model. */
export interface ModelReport {
  readonly name: string;
  readonly plain: Verdict;
  readonly stream: Verdict;
  /** Whether both kinds of answer say what they used. */
  readonly usage: Verdict;
  readonly tools: Verdict;
  readonly findings: readonly Finding[];
}

const MESSAGES = [{ role: "user", content: "Answer with the one word: hello" }];
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const TOOL_REQUEST = {
  messages: [{ role: "user", content: "What is the weather in Paris? Use the tool." }],
  tools: [WEATHER],
  tool_choice: { type: "function", function: { name: "get_weather" } },
};

/** Calls a model for real: plain, streamed, with a tool. `offersTools` is what its offer declares. */
export async function checkModel(tools: ProbeTools, model: ServedModel, offersTools: boolean): Promise<ModelReport> {
  const plainOutcome = await probe(tools, model, { messages: MESSAGES });
  const plain = judgePlain(plainOutcome);
  if (plainOutcome.kind === "failure") {
    return { name: model.name, plain: plain.verdict, stream: "-", usage: "-", tools: "-", findings: plain.findings };
  }
  const stream = judgeStream(await probe(tools, model, { messages: MESSAGES, stream: true }));
  const toolCall = judgeTools(await probe(tools, model, TOOL_REQUEST), offersTools);
  return {
    name: model.name,
    plain: plain.verdict,
    stream: stream.verdict,
    usage: usageVerdict([plain, stream]),
    tools: toolCall.verdict,
    findings: [plain, stream, toolCall].flatMap(({ findings }) => findings),
  };
}

interface Judgement {
  readonly verdict: Verdict;
  readonly hasUsage: boolean;
  readonly findings: readonly Finding[];
}

function usageVerdict(judgements: readonly Judgement[]): Verdict {
  const answered = judgements.filter(({ verdict }) => verdict !== "fails");
  if (answered.length === 0) return "-";
  return answered.every(({ hasUsage }) => hasUsage) ? "works" : "missing";
}

function fails(what: string, fix: string): Judgement {
  return { verdict: "fails", hasUsage: false, findings: [{ severity: "fails", what, fix }] };
}

/** A success that can be read further, or the judgement on what is none. */
function successOf(way: string, outcome: ProbeOutcome): ProbeAnswer | Judgement {
  if (outcome.kind === "failure")
    return fails(`${way}: ${outcome.reason}`, "Check api_base, and that the server runs.");
  if (outcome.status >= 200 && outcome.status <= 299) return outcome;
  const said = `${way}: the upstream answers ${outcome.status}: ${shown(outcome.texts.join(" "))}`;
  return fails(said, adviceFor(outcome.status));
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return "Check params.api_key: the upstream refuses it.";
  if (status === 404)
    return "Check params.model (the upstream's own name of the model) and the path in params.api_base.";
  if (status === 402 || status === 429) return "Raise the quota of the upstream account, or lower max_concurrency.";
  return status >= 500
    ? "Look into the upstream's own log."
    : "Read what the upstream says: it refuses an ordinary request.";
}

function judgePlain(outcome: ProbeOutcome): Judgement {
  const answer = successOf("plain", outcome);
  if ("verdict" in answer) return answer;
  if (firstChoice(answer) !== undefined) return judgePay("plain", answer);
  const fix = "Point api_base at an OpenAI-compatible API; most end in /v1.";
  return fails(`plain: expected JSON with choices, found ${answer.contentType || "no content type"}`, fix);
}

function judgeStream(outcome: ProbeOutcome): Judgement {
  const answer = successOf("stream", outcome);
  if ("verdict" in answer) return answer;
  if (answer.shape === "events" && answer.texts.length > 0) return judgePay("stream", answer);
  const found = answer.shape === "events" ? "one without events" : answer.contentType || "no content type";
  return fails(`stream: expected text/event-stream, found ${found}`, "Turn streaming on in the upstream server.");
}

function judgePay(way: string, { reader }: ProbeAnswer): Judgement {
  const findings: Finding[] = [];
  if (reader.finishReason === undefined) {
    findings.push({
      severity: "unpaid",
      what: `${way}: the answer ends without finish_reason, so it counts as interrupted and is not paid`,
      fix: "Upgrade the upstream server, or put a gateway before it that adds finish_reason.",
    });
  }
  if (reader.usage === undefined) {
    const where = way === "stream" ? "no event of the stream has usage" : "the answer has no usage";
    const fix =
      way === "stream"
        ? "The server must honour stream_options.include_usage: upgrade it, or put a gateway before it that counts tokens."
        : "The server must report usage: upgrade it, or put a gateway before it that counts tokens.";
    findings.push({ severity: "unpaid", what: `${way}: ${where}, so it is not paid`, fix });
  }
  const verdict = findings.length === 0 ? "works" : "unpaid";
  return { verdict, hasUsage: reader.usage !== undefined, findings };
}

function judgeTools(outcome: ProbeOutcome, offersTools: boolean): Judgement {
  const works = outcome.kind === "answer" && outcome.shape === "json" && callsTool(outcome);
  if (works && offersTools) return { verdict: "works", hasUsage: true, findings: [] };
  if (works) {
    const hint = { what: "tools work but are not offered", fix: 'Add "tools" to capabilities to get such requests.' };
    return { verdict: "works", hasUsage: true, findings: [{ severity: "hint", ...hint }] };
  }
  if (!offersTools) return { verdict: "no", hasUsage: true, findings: [] };
  const found = outcome.kind === "failure" ? outcome.reason : `status ${outcome.status} without a tool call`;
  return fails(`tools: offered, but a forced call came to nothing: ${found}`, 'Take "tools" out of capabilities.');
}

interface Choice {
  readonly message?: { readonly tool_calls?: readonly { readonly function?: { readonly name?: unknown } }[] };
}

function firstChoice({ texts }: ProbeAnswer): Choice | undefined {
  try {
    const answer = JSON.parse(texts.join("")) as { choices?: unknown } | null;
    const first: unknown = Array.isArray(answer?.choices) ? answer.choices[0] : undefined;
    return typeof first === "object" && first !== null ? first : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function callsTool(answer: ProbeAnswer): boolean {
  const calls = firstChoice(answer)?.message?.tool_calls;
  return Array.isArray(calls) && calls.some((call: unknown) => nameOfCall(call) === WEATHER.function.name);
}

function nameOfCall(call: unknown): unknown {
  return (call as { function?: { name?: unknown } } | null)?.function?.name;
}
