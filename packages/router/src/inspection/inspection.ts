// Examines every offer: soon after it came, daily, and again where something is not decided yet.
import type { Timer } from "@aimo-network/protocol/clock";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { ExaminerDeps, InspectionRules } from "./examiner.ts";
import { Examiner } from "./examiner.ts";

/** A running inspection. */
export interface Inspection {
  /** Breaks off what is being asked, and ends. */
  close(): Promise<void>;
}

/** Starts examining, where a day may cost anything; it goes on until it is closed. */
export function startInspection(deps: ExaminerDeps, rules: InspectionRules): Inspection {
  const { clock, log } = deps;
  const { usdcPerDay, wallet, schedule } = rules;
  if (usdcPerDay === 0n) return { close: () => Promise.resolve() };
  const examiner = new Examiner(deps, rules);
  const timer: Timer = clock.timer(schedule.lookMs, () => {
    examiner.look();
    timer.refresh();
  });
  log.info({ wallet, usdcPerDay: formatNanoUsdc(usdcPerDay) }, "examines offers, paid from this wallet's deposit");
  return {
    async close() {
      timer.cancel();
      await examiner.close();
    },
  };
}
