// A JSON-RPC request as the chain's door sees it: its method and parameters, never more than a limit of bytes.
import type { IncomingMessage } from "node:http";

/** One call of a method. */
export interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The longest body: Solana's own nodes take 50 KiB, a batch of some calls more. */
const BODY_BYTES_MAX = 1024 * 1024;
/** The most calls in one body. */
const BATCH_MAX = 100;

/** Reads a body; undefined where it is longer than the limit. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function toRequest(value: unknown): RpcRequest | undefined {
  if (typeof value !== "object" || value === null || !("method" in value)) return undefined;
  const { method } = value;
  if (typeof method !== "string") return undefined;
  const params = "params" in value && Array.isArray(value.params) ? (value.params as unknown[]) : [];
  return { id: "id" in value ? value.id : null, method, params };
}

/** The calls of a body and whether they came as a batch; undefined where it holds anything else. */
export function parseRequests(body: string): { isBatch: boolean; requests: readonly RpcRequest[] } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const isBatch = Array.isArray(value);
  const values: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
  const requests = values.map(toRequest).filter((request) => request !== undefined);
  if (values.length === 0 || values.length > BATCH_MAX || requests.length < values.length) return undefined;
  return { isBatch, requests };
}

/** An answer's text; `result` is JSON already, because the engine's integers must keep all their digits. */
export function resultText(request: RpcRequest, result: string): string {
  return `{"jsonrpc":"2.0","result":${result},"id":${JSON.stringify(request.id)}}`;
}

/** A refusal's text. */
export function errorText(id: unknown, code: number, message: string, data?: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", error: { code, message, data }, id });
}
