// A scripted provider's model that can do everything an offer can declare, or lies about some of it as a test says.
import { inflateSync } from "node:zlib";
import type { ScriptedCall } from "./scripted-provider.ts";

/** What a model does otherwise than an honest one. */
export interface Conduct {
  /** Answers tools with words. */
  readonly hasNoTools?: boolean;
  /** Answers schemas with words. */
  readonly hasNoSchemas?: boolean;
  /** Names another colour. */
  readonly isColourBlind?: boolean;
  /** Reports so many times as many prompt tokens. */
  readonly promptFactor?: number;
  /** Words of the prompt that it keeps at most. */
  readonly keepsWords?: number;
  /** Refuses everything that is not a plain question. */
  readonly refusesExtras?: boolean;
  /** Answers everything with this status. */
  readonly status?: number;
  /** Reports no usage. */
  readonly hasNoUsage?: boolean;
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly image_url?: { readonly url: string };
}

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Part[] }[];
  readonly stream?: boolean;
  readonly max_tokens: number;
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: Schema } }[];
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: Schema } };
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Some value that a schema of the plain kinds allows. */
function valueOf(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valueOf(one)]));
    case "array":
      return [valueOf(schema.items ?? {})];
    case "integer":
      return 3;
    case "boolean":
      return true;
    default:
      return "something";
  }
}

const NAMED: Readonly<Record<string, string>> = {
  "220,20,20": "red",
  "20,160,40": "green",
  "20,50,220": "blue",
  "250,230,20": "yellow",
  "255,140,0": "orange",
  "120,20,160": "purple",
  "0,0,0": "black",
  "255,255,255": "white",
};

/** The colour of a picture's first pixel, read from its bytes as any decoder would. */
function colourOf(url: string): string {
  const png = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  const data = png.indexOf("IDAT");
  const pixels = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
  return NAMED[[...pixels.subarray(1, 4)].join(",")] ?? "no colour";
}

function wordsOf(text: string): number {
  return text.split(/\s+/).length;
}

function say(words: string, { max_tokens: most }: Asked): { content: string; tokens: number } {
  const content = words.split(" ").slice(0, most).join(" ");
  return { content, tokens: wordsOf(content) };
}

const LONG = Array.from({ length: 400 }, (_, index) => `word${index}`).join(" ");

function messageFor(asked: Asked, conduct: Conduct): { message: object; tokens: number } {
  const parts = asked.messages.flatMap(({ content }) =>
    typeof content === "string" ? [{ type: "text", text: content }] : [...content],
  );
  const picture = parts.find((part: Part) => part.image_url !== undefined)?.image_url;
  const text = parts.map((part: Part) => part.text ?? "").join("\n");
  const [tool] = asked.tools ?? [];
  if (tool !== undefined && conduct.hasNoTools !== true) {
    const call = { name: tool.function.name, arguments: JSON.stringify(valueOf(tool.function.parameters)) };
    return { message: { content: null, tool_calls: [{ id: "call_1", type: "function", function: call }] }, tokens: 9 };
  }
  const { response_format: format } = asked;
  if (format !== undefined && conduct.hasNoSchemas !== true) {
    return {
      message: { content: JSON.stringify(valueOf(format.json_schema?.schema ?? { type: "object" })) },
      tokens: 9,
    };
  }
  const marks = /"([a-z]+ [a-z]+)"/.exec(text);
  const words =
    picture === undefined ? (marks?.[1] ?? LONG) : conduct.isColourBlind === true ? "grey" : colourOf(picture.url);
  const forgot = conduct.keepsWords !== undefined && wordsOf(text) > conduct.keepsWords;
  const { content, tokens } = say(forgot ? LONG : words, asked);
  return { message: { content }, tokens };
}

/** What the model answers over HTTP. */
export interface ModelReply {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** What the model answers to the body of a request. */
export function modelReply(body: string, conduct: Conduct = {}): ModelReply {
  const asked = JSON.parse(body) as Asked;
  const isExtra = asked.tools !== undefined || asked.response_format !== undefined;
  const status = conduct.status ?? (conduct.refusesExtras === true && isExtra ? 400 : 200);
  const contentType = "application/json";
  if (status !== 200) return { status, contentType, text: JSON.stringify({ error: { message: "not here" } }) };
  const prompt = asked.messages.map(({ content }) => JSON.stringify(content)).join(" ");
  const counted = Math.min(Math.ceil(wordsOf(prompt) * 1.3), conduct.keepsWords ?? Infinity);
  const { message, tokens } = messageFor(asked, conduct);
  const promptTokens = Math.round((counted + 7) * (conduct.promptFactor ?? 1));
  const counts = { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens };
  const usage = conduct.hasNoUsage === true ? {} : { usage: counts };
  const finish = tokens >= asked.max_tokens ? "length" : "stop";
  if (asked.stream !== true) {
    const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }];
    return { status, contentType, text: JSON.stringify({ id: "1", object: "chat.completion", choices, ...usage }) };
  }
  const events = [
    { choices: [{ index: 0, delta: message, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: finish }], ...usage },
  ];
  const text = [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  return { status, contentType: "text/event-stream", text };
}

/** Answers a call as the model would. */
export function answerAsModel(call: ScriptedCall, conduct: Conduct = {}): void {
  const { status, contentType, text } = modelReply(call.body, conduct);
  call.respond(status, { "content-type": contentType });
  call.write(text);
  call.end();
}
