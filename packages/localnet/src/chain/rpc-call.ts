// One JSON-RPC call to the engine.

/** Calls a method and gives its result as text and value; throws with the engine's words where it refuses. */
export async function callRpc<Result>(url: string, method: string, params: readonly unknown[] = []): Promise<Result> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: Result; error?: { message: string } };
  if (answer.error !== undefined || answer.result === undefined) {
    throw new Error(`${method}: expected a result, found ${answer.error?.message ?? `HTTP ${response.status}`}`);
  }
  return answer.result;
}
