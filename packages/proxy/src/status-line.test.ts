// The status line says how it goes, is drawn when that changes, and makes way for what is printed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { STATUS_LINE_MS } from "./limits.ts";
import type { ProxyStatus } from "./proxy.ts";
import { createStatusLine, statusText } from "./status-line.ts";
import { Tally } from "./serving/tally.ts";

function status(more: Partial<ProxyStatus> = {}): ProxyStatus {
  const routers = [{ url: "https://a", state: "live" } as const, { url: "https://b", state: "waiting" } as const];
  return { routers, models: 1, running: 3, tally: new Tally(), ...more };
}

const CLEAR = "\r\u001B[2K";

describe("status line", () => {
  test("it tells routers, models, running, served and tokens, and failures once there are any", () => {
    const tally = new Tally();
    tally.served = 10;
    tally.tokens = 1234;
    assert.equal(
      statusText(status({ tally })),
      "1/2 routers connected | 1 model | 3 running | 10 served | 1234 tokens",
    );
    tally.failed = 2;
    assert.match(statusText(status({ tally })), /10 served \| 2 failed \| 1234 tokens/);
  });

  test("it is drawn again only when it has changed", () => {
    const clock = manualClock();
    const written: string[] = [];
    const line = createStatusLine(clock, { write: (text) => written.push(text) });
    let running = 0;
    line.start(() => status({ running }));
    assert.equal(written.length, 1);
    clock.advance(STATUS_LINE_MS * 3);
    assert.equal(written.length, 1);
    running = 1;
    clock.advance(STATUS_LINE_MS);
    assert.equal(written.length, 2);
    assert.match(written[1] ?? "", /1 running/);
    line.stop();
    assert.equal(written.at(-1), CLEAR);
    assert.equal(clock.waiting, 0);
  });

  test("a printed line stands above it", () => {
    const written: string[] = [];
    const line = createStatusLine(manualClock(), { write: (text) => written.push(text) });
    line.print("before");
    line.start(() => status());
    const shown = statusText(status());
    line.print("after");
    assert.deepEqual(written, ["before\n", `${CLEAR}${shown}`, `${CLEAR}after\n${shown}`]);
  });

  test("what is drawn below a printed line is the present state", () => {
    const written: string[] = [];
    const line = createStatusLine(manualClock(), { write: (text) => written.push(text), columns: 0 });
    let running = 0;
    line.start(() => status({ running }));
    running = 7;
    line.print("x");
    assert.match(written.at(-1) ?? "", /7 running \| 0 served \| 0 tokens$/);
  });

  test("it never wraps: a narrow terminal gets its beginning", () => {
    const written: string[] = [];
    const line = createStatusLine(manualClock(), { write: (text) => written.push(text), columns: 20 });
    line.start(() => status());
    assert.equal((written[0] ?? "").length, CLEAR.length + 19);
  });
});
