// What a command works with; tests pass their own.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import type { Interruption } from "./interruption.ts";
import type { Environment } from "./settings/environment.ts";
import type { GeneralOptions } from "./settings/general-options.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** The surroundings of a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly options: GeneralOptions;
  readonly clock: Clock;
  readonly random: Random;
  /** The folder that relative paths start from. */
  readonly folder: string;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Until the returned function is called, Ctrl-C calls `act` instead of ending the command. */
  readonly takeInterruptions: Interruption["takeOver"];
}
