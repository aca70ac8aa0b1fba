// What a node's JSON-RPC answer says of the node itself: that it is ill, or behind.

/** Why another node should be asked. */
export interface RpcFault {
  readonly words: string;
  /** Whether the node will hardly do better in the next seconds. */
  readonly isIll: boolean;
  /** Whether it is the caller's answer where every other node says the like. */
  readonly isAnswer: boolean;
}

// By Solana's codes: unhealthy, block not available, block status not yet available; and what services say with status
// 200 where others say 429.
const ILL = new Set([-32_005, -32_004, -32_014, -32_429, 429]);
const SLOT_NOT_REACHED = -32_016;
// This method is not known here, or something broke at this call.
const HERE_ONLY = new Set([-32_601, -32_603]);

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** The method of a call. */
export function methodOf(payload: unknown): string | undefined {
  const method = field(payload, "method");
  return typeof method === "string" ? method : undefined;
}

/** The fault of an answer for which another node is to be asked; undefined where the answer is for the caller. */
export function rpcFault(answer: unknown): RpcFault | undefined {
  const error = field(answer, "error");
  if (error === undefined) return undefined;
  const code = Number(field(error, "code"));
  if (!ILL.has(code) && !HERE_ONLY.has(code) && code !== SLOT_NOT_REACHED) return undefined;
  return { words: `the node says ${code}`, isIll: ILL.has(code), isAnswer: HERE_ONLY.has(code) };
}

/** Whether an answer is older than what the call demands: not every service heeds `minContextSlot`. */
export function isBehind(payload: unknown, answer: unknown): boolean {
  const params = field(payload, "params");
  if (!Array.isArray(params)) return false;
  const slot = field(field(field(answer, "result"), "context"), "slot");
  return params.some((param) => {
    const least = field(param, "minContextSlot");
    if (least === undefined || slot === undefined) return false;
    return Number(slot) < Number(least);
  });
}
