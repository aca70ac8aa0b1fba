// Many jobs, some at a time.

/** Does all jobs, at most `atOnce` at the same time, in order; rejects with the first failure when those under way have ended. */
export async function inTurns(jobs: readonly (() => Promise<void>)[], atOnce: number): Promise<void> {
  const next = jobs.values();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const job of next) {
      if (failures.length > 0) return;
      await job().catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, jobs.length) }, work));
  if (failures.length > 0) throw failures[0];
}
