// How soon the model sees that a client has left: clients that leave on purpose, and what the mock upstream noted.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { CallTimes } from "../mock-upstream/calls.ts";
import { machineMs } from "../mock-upstream/calls.ts";
import type { Times } from "./burst.ts";
import { openConnections, timesOf } from "./burst.ts";
import type { Connection } from "./connection.ts";
import type { Target } from "./request.ts";
import { requestBytes } from "./request.ts";

/** Who leaves when: after the first token of a stream, or while nothing has come of a small answer. */
export interface CancelOrder {
  readonly target: Target;
  /** The mock's own port, to ask it what it saw. */
  readonly mockPort: number;
  readonly leave: "after the first token" | "before any output";
  readonly clients: number;
}

const AT_ONCE = 10; // clients that are connected together
const WAIT_MS = 10_000; // for the mock to see a call, or its end: longer is as good as never
const POLL_MS = 5;

async function askMock(port: number, path: "/calls" | "/forget"): Promise<CallTimes> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return (await response.json()) as CallTimes;
}

/** Waits until the mock has noted a time for each of these calls. */
async function waitForTimes(
  clock: Clock,
  port: number,
  which: keyof CallTimes,
  labels: readonly string[],
): Promise<CallTimes[keyof CallTimes]> {
  const dueMs = clock.monotonic() + WAIT_MS;
  for (;;) {
    const noted = (await askMock(port, "/calls"))[which];
    const missing = labels.filter((label) => noted[label] === undefined).length;
    if (missing === 0) return noted;
    if (clock.monotonic() > dueMs) {
      throw new Error(`${missing} of ${labels.length} calls had no ${which} after ${WAIT_MS} ms`);
    }
    await sleep(clock, POLL_MS);
  }
}

/** Leaves when the first token of its answer is there; resolves with the moment. */
function leaveAtFirstByte(connection: Connection, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    connection.ask(request, {
      firstByte() {
        resolve(machineMs());
        connection.leave();
      },
      ended: (status) => reject(new Error(`an answer that should stay open ended with status ${status}`)),
      lost: (why) => reject(new Error(`a connection was lost before the first token: ${why}`)),
    });
  });
}

/** Sends requests that get no answer; resolves once the mock has them. */
async function sendInVain(
  clock: Clock,
  { mockPort }: CancelOrder,
  calls: readonly { connection: Connection; request: Buffer; label: string }[],
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  for (const { connection, request } of calls) {
    connection.ask(request, {
      firstByte: () => undefined,
      ended: (status) => failed.reject(new Error(`a call that is never answered ended with status ${status}`)),
      lost: (why) => failed.reject(new Error(`a connection was lost before the call arrived: ${why}`)),
    });
  }
  const labels = calls.map(({ label }) => label);
  await Promise.race([waitForTimes(clock, mockPort, "arrivedMs", labels), failed.promise]);
}

async function leaveTogether(clock: Clock, order: CancelOrder, labels: readonly string[]): Promise<number[]> {
  const connections = await openConnections(order.target.port, labels.length);
  const isStream = order.leave === "after the first token";
  const kind = isStream ? "one-token" : "silence";
  const calls = connections.map((connection, index) => {
    const label = labels[index] ?? "";
    return { connection, label, request: requestBytes(order.target, { kind, stream: isStream, label }) };
  });
  if (isStream) {
    return await Promise.all(calls.map(({ connection, request }) => leaveAtFirstByte(connection, request)));
  }
  await sendInVain(clock, order, calls);
  return calls.map(({ connection }) => {
    const leftMs = machineMs();
    connection.leave();
    return leftMs;
  });
}

/** Lets clients leave, and tells how long after that the mock saw their calls close. */
export async function measureCancels(clock: Clock, order: CancelOrder): Promise<Times> {
  await askMock(order.mockPort, "/forget");
  const leftMs = new Map<string, number>();
  for (let first = 0; first < order.clients; first += AT_ONCE) {
    const labels = Array.from({ length: Math.min(AT_ONCE, order.clients - first) }, (_, index) => `c${first + index}`);
    const moments = await leaveTogether(clock, order, labels);
    for (const [index, label] of labels.entries()) leftMs.set(label, moments[index] ?? Number.NaN);
  }
  const closedMs = await waitForTimes(clock, order.mockPort, "closedMs", [...leftMs.keys()]);
  return timesOf([...leftMs].map(([label, left]) => (closedMs[label] ?? Number.NaN) - left));
}
