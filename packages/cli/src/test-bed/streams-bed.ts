// The three streams of a process, as terminals or as pipes, and what was written to them.
import { PassThrough } from "node:stream";
import type { Streams } from "../terminal/process-terminal.ts";

/** Which of them are terminals, and how wide these are. */
export interface StreamsBedOptions {
  readonly input?: boolean;
  readonly output?: boolean;
  readonly errors?: boolean;
  readonly columns?: number;
}

/** The streams, what came out of them, and what is typed. */
export interface StreamsBed {
  readonly streams: Streams;
  written(): string;
  said(): string;
  type(text: string): void;
  /** Whether the terminal gives single keys at the moment. */
  isRaw(): boolean;
  end(): void;
}

function output(isTTY: boolean, columns: number): { stream: NodeJS.WriteStream; text: () => string } {
  const pieces: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  Object.assign(stream, { ...(isTTY && { isTTY, columns }) });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => Buffer.concat(pieces).toString() };
}

/** Opens them; without options all are pipes. */
export function openStreams(options: StreamsBedOptions = {}): StreamsBed {
  const { columns = 80 } = options;
  const out = output(options.output === true, columns);
  const errors = output(options.errors === true, columns);
  const input = new PassThrough();
  let isRaw = false;
  Object.assign(input, {
    ...(options.input === true && { isTTY: true }),
    setRawMode: (raw: boolean) => {
      isRaw = raw;
      return input;
    },
  });
  return {
    streams: { input: input as unknown as NodeJS.ReadStream, output: out.stream, errors: errors.stream },
    written: out.text,
    said: errors.text,
    type: (text) => void input.write(text),
    isRaw: () => isRaw,
    end: () => void input.end(),
  };
}
