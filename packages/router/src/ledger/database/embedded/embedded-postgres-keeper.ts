// A small process that owns the embedded PostgreSQL: it ends the database with its router, however the router ends.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep, systemClock } from "@aimo-network/protocol/clock";
import { takeKeeperLock } from "./keeper-lock.ts";
import type { KeeperOrder, KeeperPlan, KeeperReport } from "./keeper-messages.ts";
import type { Postmaster } from "./postmaster.ts";
import { initialise, startPostmaster, stopOrphan } from "./postmaster.ts";

const FIRST_TRIES_MAX = 5; // with the pauses below some three seconds: what a crashed server leaves is gone by then
const PAUSE_MS = 200; // doubled from try to try
const PAUSE_MS_MAX = 5_000;
const STEADY_MS = 60_000; // a server that ran this long did not fail at its start

let running: Postmaster | undefined;
const stopping = new AbortController();

function report(message: KeeperReport): void {
  // The router may go at any moment; then nobody is left to tell.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function tell(line: string): void {
  report({ type: "line", line, isUsual: /^(?:LOG|NOTICE|INFO):/.test(line) });
}

function stop(): void {
  stopping.abort();
  void running?.stop();
}

/** Runs the server again and again until the router ends; settles when it has stopped for good. */
async function keep(clock: Clock, { home, settings }: KeeperPlan): Promise<void> {
  let tries = 0;
  let wasReady = false;
  while (!stopping.signal.aborted) {
    const startMs = clock.monotonic();
    try {
      await stopOrphan(clock, home);
      running = await startPostmaster(clock, home, settings, tell);
      if (!wasReady) report({ type: "ready" });
      wasReady = true;
      if (stopping.signal.aborted) await running.stop();
      await running.ended;
      if (!stopping.signal.aborted) tell("WARNING: the server ended by itself and is started again");
    } catch (error) {
      if (!wasReady && tries >= FIRST_TRIES_MAX - 1) throw error;
      tell(`WARNING: ${(error as Error).message}`);
    }
    tries = clock.monotonic() - startMs > STEADY_MS ? 0 : tries + 1;
    if (!stopping.signal.aborted)
      await sleep(clock, Math.min(PAUSE_MS * 2 ** (tries - 1), PAUSE_MS_MAX), stopping.signal);
  }
}

async function serve(clock: Clock, plan: KeeperPlan): Promise<void> {
  const { home, routerProcessId, settings } = plan;
  const taken = await takeKeeperLock(clock, home.lockPath, () => ({
    routerProcessId,
    isStopping: stopping.signal.aborted,
  }));
  if (!("release" in taken)) {
    throw new Error(`another router (process ${taken.routerProcessId}) uses it`);
  }
  try {
    await initialise(clock, home, settings["fsync"] !== "off");
    await keep(clock, plan);
  } finally {
    taken.release();
  }
}

// A terminal's Ctrl-C and a service manager's stop reach every process; the database must outlive its draining router.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", stop);
process.on("message", (order: KeeperOrder) => {
  if (order.type === "stop") {
    stop();
    return;
  }
  serve(systemClock, order.plan)
    .catch((error: unknown) => report({ type: "failed", reason: (error as Error).message }))
    .finally(() => {
      if (process.connected) process.disconnect();
    });
});
