// What is asked: the bytes of a chat request to the mock upstream, or to the router before it.
import type { AnswerKind } from "../mock-upstream/answer-kind.ts";
import { userAgentFor } from "../mock-upstream/answer-kind.ts";

/** Where to ask, and as whom. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly apiKey: string;
  readonly model: string;
}

/** What to ask for. */
export interface Question {
  readonly kind: AnswerKind;
  readonly stream: boolean;
  /** Characters of the prompt beside a greeting. */
  readonly promptChars?: number;
  /** By what the mock calls this request, where it is to be asked what became of it. */
  readonly label?: string;
}

/** A whole request, head and body, ready to be sent any number of times. */
export function requestBytes(target: Target, { kind, stream, promptChars = 0, label }: Question): Buffer {
  const content = `Hello, how are you today?${" more".repeat(Math.ceil(promptChars / 5))}`;
  const body = Buffer.from(JSON.stringify({ model: target.model, messages: [{ role: "user", content }], stream }));
  const head = [
    `POST ${target.path} HTTP/1.1`,
    `host: 127.0.0.1:${target.port}`,
    `authorization: Bearer ${target.apiKey}`,
    "content-type: application/json",
    `accept: ${stream ? "text/event-stream" : "application/json"}`,
    `user-agent: ${userAgentFor(kind, label)}`,
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/** A whole GET, likewise. */
export function getBytes(port: number, path: string, headers: Readonly<Record<string, string>>): Buffer {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${[`GET ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`, ...named].join("\r\n")}\r\n\r\n`);
}
