// One RPC node over HTTP. Unlike kit's transport it reads no endless answer, and keeps how long the node wants rest.
import type { RpcTransport } from "@solana/kit";
import { ENDPOINT_ANSWER_BYTES_MAX } from "./limits.ts";

/** A node answered, but not with what was asked for. */
export class NodeRefusal extends Error {
  override readonly name = "NodeRefusal";
  /** How long the node asks to be left alone; undefined where it does not say. */
  readonly restMs: number | undefined;

  constructor(words: string, restMs?: number) {
    super(words);
    this.restMs = restMs;
  }
}

async function readText(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new NodeRefusal(`expected an answer of at most ${bytesMax} bytes, found more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** `retry-after` in seconds; its form as a date is not used by RPC services. */
function restOf(response: Response): number | undefined {
  const seconds = response.headers.get("retry-after");
  return seconds !== null && /^[0-9]{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}

/** Slots and limits of calls are bigints, which kit has checked to be safe as numbers. */
function plainly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** Calls one node by HTTP. */
export function createHttpNode(url: string, bytesMax: number = ENDPOINT_ANSWER_BYTES_MAX): RpcTransport {
  return async <Answer>({ payload, signal }: Parameters<RpcTransport>[0]): Promise<Answer> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(payload, plainly),
      redirect: "error", // the URL may hold a secret
      signal: signal ?? null,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new NodeRefusal(`expected status 200, found ${response.status}`, restOf(response));
    }
    return JSON.parse(await readText(response, bytesMax)) as Answer;
  };
}
