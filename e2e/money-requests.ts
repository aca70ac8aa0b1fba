// Paid requests as any HTTP client makes them, and what each of them cost by the router's own word.
import { parseNanoUsdc } from "@aimo-network/protocol/money";

/** One question, and who pays for it. */
export interface PaidQuestion {
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly stream?: boolean;
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
  /** Told each piece of the answer as it comes. */
  readonly onPiece?: (text: string) => void;
}

/** What came of it. */
export interface PaidAnswer {
  readonly status: number;
  /** The error's stable name; undefined where there was none. */
  readonly code: string | undefined;
  readonly generationId: string | undefined;
  /** Nano-USDC; 0 where nothing was charged. */
  readonly cost: bigint;
}

async function readPieces({ body }: Response, onPiece: (text: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body ?? []) {
    const piece = decoder.decode(bytes as Uint8Array, { stream: true });
    text += piece;
    onPiece(piece);
  }
  return text;
}

/** Asks, and reads the whole answer. */
export async function askOnce(question: PaidQuestion): Promise<PaidAnswer> {
  const { url, key, model, stream = false, maxTokens, signal, onPiece = () => undefined } = question;
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model,
      stream,
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      messages: [{ role: "user", content: "Hi" }],
    }),
    ...(signal !== undefined && { signal }),
  });
  const text = await readPieces(response, onPiece);
  return {
    status: response.status,
    code: /"error_code":"(\w+)"/.exec(text)?.[1],
    generationId: response.headers.get("x-generation-id") ?? undefined,
    cost: parseNanoUsdc(/"cost":([0-9.]+)\}/.exec(text)?.[1] ?? "0"),
  };
}
