// The programs of one network, started in order and stopped in the opposite one.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Child, ChildProgram } from "./child-process.ts";
import { startChild } from "./child-process.ts";

/** What starting a network needs from outside. */
export interface LocalnetDeps {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string, name: string) => void;
}

/** A program of this repository, by its path from this file. */
export function program(name: string, path: string, more: Omit<ChildProgram, "name" | "entry"> = {}): ChildProgram {
  return { name, entry: new URL(path, import.meta.url), ...more };
}

/** What a line says, where it is a JSON object. */
export function readJsonLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  return JSON.parse(line) as Record<string, unknown>;
}

/** Those that were started. */
export class Programs {
  readonly #deps: LocalnetDeps;
  readonly children: Child[] = [];
  /** Resolves with the name of a program that ended although nobody asked it to. */
  readonly broken: Promise<string>;
  readonly #tellBroken: (name: string) => void;
  #stopping = false;

  constructor(deps: LocalnetDeps) {
    this.#deps = deps;
    const { promise, resolve: tell } = Promise.withResolvers<string>();
    this.broken = promise;
    this.#tellBroken = tell;
  }

  start(what: ChildProgram): Child {
    const child = startChild(this.#deps.clock, what, this.#deps.environment, this.#deps.onLine);
    this.children.push(child);
    void child.exited.then((how) => {
      if (!this.#stopping) this.#tellBroken(`${child.name} ended (${how}):\n${child.lastLines()}`);
    });
    return child;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // Providers first: a router that closes before them would only make them reconnect. The chain last.
    for (const child of this.children.toReversed()) await child.stop();
  }
}
