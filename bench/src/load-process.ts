// The bench's end of a load generator: starts it, gives it orders, and ends it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Orders, SentOutcome } from "./load/orders.ts";

/** A load generator that runs. */
export interface LoadProcess {
  /** Resolves with the outcome; rejects when the load generator could not do it, or has ended. */
  run<Name extends keyof Orders>(name: Name, order: Orders[Name]["order"]): Promise<Orders[Name]["outcome"]>;
  stop(): Promise<void>;
}

type Waiting = PromiseWithResolvers<unknown>;

/** Starts a load generator. */
export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(new URL("./load/main.ts", import.meta.url)), [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  child.on("message", (answer: SentOutcome) => {
    const waits = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("failure" in answer) waits?.reject(new Error(`the load generator failed: ${answer.failure}`));
    else waits?.resolve(answer.outcome);
  });
  const exited = once(child, "exit");
  child.on("exit", (code, signal) => {
    for (const waits of waiting.values()) waits.reject(new Error(`the load generator ended: ${code ?? signal}`));
    waiting.clear();
  });
  return {
    run(name, order) {
      lastId += 1;
      const waits: Waiting = Promise.withResolvers();
      waiting.set(lastId, waits);
      child.send({ id: lastId, name, order });
      return waits.promise as Promise<Orders[typeof name]["outcome"]>;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
