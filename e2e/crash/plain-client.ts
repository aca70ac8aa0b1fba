// A client that loses its router: it keeps what it had seen of an answer, and says whether it saw the end.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";

/** What a client asks for. */
export interface Question {
  readonly key: string;
  readonly model: string;
  readonly stream: boolean;
  /** The name by which the model's call log knows this request. */
  readonly userAgent: string;
}

/** What a client saw of one answer. */
export interface SeenAnswer {
  readonly userAgent: string;
  /** Undefined where the router said nothing at all. */
  readonly status: number | undefined;
  /** The request's UUID; undefined where the router had not told it yet. */
  readonly id: string | undefined;
  /** Whether the client has the whole answer: `[DONE]`, or all of the JSON. */
  readonly isWhole: boolean;
  /** The digits of `usage.cost`; undefined where there was none, "null" while the ledger was away. */
  readonly cost: string | undefined;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** Whether the connection ended as HTTP says it does. */
  readonly isComplete: boolean;
}

/** Sends one request on a connection of its own, and keeps whatever came back before that connection broke. */
async function send(
  url: string,
  method: "GET" | "POST",
  { headers, body, seen }: { headers: Record<string, string>; body?: string; seen?: (text: string) => void },
): Promise<Reply> {
  const sending = request(url, { method, agent: false, headers });
  sending.on("error", () => undefined); // `once` below tells it too, unless the reply has begun
  sending.end(body);
  let response: IncomingMessage;
  try {
    [response] = (await once(sending, "response")) as [IncomingMessage];
  } catch {
    return { status: undefined, headers: {}, text: "", isComplete: false }; // the router was killed
  }
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (piece: string) => {
    text += piece;
    seen?.(text);
  });
  const closed = once(response, "close").catch(() => undefined); // broken off: `complete` says so
  await closed;
  return { status: response.statusCode, headers: response.headers, text, isComplete: response.complete };
}

const number = (text: string, name: string): number =>
  Number.parseInt(new RegExp(`"${name}":([0-9]+)`).exec(text.slice(text.lastIndexOf('"usage":{')))?.[1] ?? "0", 10);

/** Asks, and reads the answer as far as it comes; `seen` is told after each piece how much content there is. */
export async function ask(
  routerUrl: string,
  { key, model, stream, userAgent }: Question,
  seen: (contentEvents: number) => void = () => undefined,
): Promise<SeenAnswer> {
  const { status, headers, text, isComplete } = await send(`${routerUrl}/api/v1/chat/completions`, "POST", {
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": userAgent },
    body: JSON.stringify({
      model,
      stream,
      max_tokens: 200,
      messages: [{ role: "user", content: `I am ${userAgent}.` }],
    }),
    seen: (soFar) => seen(soFar.split(/"content":"[^"]/).length - 1),
  });
  const generation = headers["x-generation-id"];
  return {
    userAgent,
    status,
    id: typeof generation === "string" ? generation.replace("gen-", "") : undefined,
    isWhole: status === 200 && isComplete && (!stream || text.endsWith("data: [DONE]\n\n")),
    cost: /"cost":(null|[0-9.]+)\}/.exec(text)?.[1],
    promptTokens: number(text, "prompt_tokens"),
    completionTokens: number(text, "completion_tokens"),
  };
}

/** The `data` of a GET; undefined where the router is not there or says no. */
export async function read<Data>(routerUrl: string, path: string, key?: string): Promise<Data | undefined> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const { status, text, isComplete } = await send(`${routerUrl}/api/v1${path}`, "GET", { headers });
  return status === 200 && isComplete ? (JSON.parse(text) as { data: Data }).data : undefined;
}
