// What the demo model saw of its calls: how a test knows that a client's leaving got through.
import type { Network } from "./network.ts";
import { waitFor } from "./network.ts";

/** A call as the demo model tells of it. */
export interface ModelCall {
  readonly model: string;
  readonly state: "open" | "ended" | "aborted";
}

/** Waits for the demo model to have a call of `model` in this state. */
export function waitForCall(network: Network, model: string, state: ModelCall["state"]): Promise<ModelCall> {
  return waitFor(`a call of ${model} that is ${state}`, async () => {
    const response = await fetch(`${new URL(network.modelUrl ?? "").origin}/demo/calls`);
    const { calls } = (await response.json()) as { calls: ModelCall[] };
    return calls.find((call) => call.model === model && call.state === state);
  });
}
