// What a command of the proxy is given by the process it runs in.
import type { Environment } from "./config/reading.ts";
import type { Terminal } from "./status-line.ts";

/** What a command is given by the process it runs in. */
export interface Surroundings {
  readonly environment: Environment;
  readonly output: Terminal & { readonly isTTY?: boolean };
  readonly errors: Terminal;
  /** The id of the process that started this one, as it is now. */
  parentId(): number;
  /** Ends the process at once. */
  exit(code: number): void;
}
