// One line at the bottom of a terminal that says how the sale goes; what else is printed scrolls above it.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { STATUS_LINE_MS } from "./limits.ts";
import type { ProxyStatus } from "./proxy.ts";

/** The part of a terminal that is needed. */
export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

/** A line that is drawn again when it changes. */
export interface StatusLine {
  start(status: () => ProxyStatus): void;
  /** Prints a line above the status line. */
  print(line: string): void;
  stop(): void;
}

const CLEAR_LINE = "\r\u001B[2K";
const COLUMNS = 80; // of a terminal that does not say

/** Creates the status line of `terminal`. */
export function createStatusLine(clock: Clock, terminal: Terminal): StatusLine {
  let status: (() => ProxyStatus) | undefined;
  let shown = "";
  let timer: Timer | undefined;

  const current = (): string => {
    if (status === undefined) return "";
    const { columns = 0 } = terminal; // some terminals say 0, and mean that they do not know
    return statusText(status()).slice(0, (columns > 0 ? columns : COLUMNS) - 1);
  };
  const draw = (): void => {
    const line = current();
    if (line !== shown) terminal.write(`${CLEAR_LINE}${line}`);
    shown = line;
    timer?.refresh();
  };

  return {
    start(source) {
      status = source;
      timer = clock.timer(STATUS_LINE_MS, draw);
      draw();
    },
    print(line) {
      const clear = shown === "" ? "" : CLEAR_LINE;
      shown = current();
      terminal.write(`${clear}${line}\n${shown}`);
    },
    stop() {
      timer?.cancel();
      timer = undefined;
      status = undefined;
      draw();
    },
  };
}

/** How the sale goes, in one line. */
export function statusText({ routers, models, running, tally }: ProxyStatus): string {
  const live = routers.filter(({ state }) => state === "live").length;
  const parts = [
    `${live}/${routers.length} router${routers.length === 1 ? "" : "s"} connected`,
    `${models} model${models === 1 ? "" : "s"}`,
    `${running} running`,
    `${tally.served} served`,
    ...(tally.failed > 0 ? [`${tally.failed} failed`] : []),
    `${tally.tokens} tokens`,
  ];
  return parts.join(" | ");
}
