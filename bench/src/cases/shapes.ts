// The ways of asking that are measured: small answers, streams and large prompts, over few and many connections.
import type { Question } from "../load/request.ts";

/** One way of asking. */
export interface Shape {
  readonly title: string;
  readonly question: Question;
  readonly connections: number;
  /** Of a burst through router and proxy; a direct one has so many times more, to last about as long. */
  readonly requests: number;
  readonly directTimes: number;
}

const json = { kind: "json", stream: false } as const;
const stream = { kind: "stream", stream: true } as const;
const PROMPT_CHARS = 100 * 1024;

/** The ways of asking, by the subject that they belong to. */
export const SHAPES: readonly { readonly name: string; readonly shapes: readonly Shape[] }[] = [
  {
    name: "json",
    shapes: [
      { title: "JSON, 1 connection", question: json, connections: 1, requests: 2_000, directTimes: 5 },
      { title: "JSON, 16 connections", question: json, connections: 16, requests: 6_000, directTimes: 5 },
      { title: "JSON, 64 connections", question: json, connections: 64, requests: 8_000, directTimes: 5 },
    ],
  },
  {
    name: "streams",
    shapes: [
      { title: "streams, 1 connection", question: stream, connections: 1, requests: 1_000, directTimes: 2 },
      { title: "streams, 16 connections", question: stream, connections: 16, requests: 3_000, directTimes: 2 },
      { title: "streams, 64 connections", question: stream, connections: 64, requests: 3_000, directTimes: 2 },
    ],
  },
  {
    name: "prompts",
    shapes: [
      {
        title: "JSON, 100 KB prompt, 16 connections",
        question: { ...json, promptChars: PROMPT_CHARS },
        connections: 16,
        requests: 1_500,
        directTimes: 3,
      },
      {
        title: "streams, 100 KB prompt, 16 connections",
        question: { ...stream, promptChars: PROMPT_CHARS },
        connections: 16,
        requests: 1_000,
        directTimes: 2,
      },
    ],
  },
];

/** The shape of a subject that is profiled: the one with 16 connections. */
export function shapeToProfile(subject: string): Shape | undefined {
  return SHAPES.find(({ name }) => name === subject)?.shapes.find(({ connections }) => connections === 16);
}
