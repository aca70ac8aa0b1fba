// Holds the timelock to its promise: who asks for an exit within a day of an announcement is paid before it is in force.
import assert from "node:assert/strict";
import type { Sent } from "./escrow-world.ts";
import type { Config, Key } from "./model/records.ts";

const DAY = 86_400n;
const PENDING = ["pendingParamsAt", "pendingRolesAt", "pendingAdminAt"] as const;

interface Announcement {
  readonly madeAt: bigint;
  readonly inForceFrom: bigint;
}

/** Watches the announcements of one run, by what the chain has before and after each instruction. */
export class AnnouncementWatch {
  readonly #standing = new Map<string, Announcement>();

  /** Looks at an instruction that was carried out. */
  observe({ now, before, after }: Sent): void {
    for (const [key, account] of after) {
      const old = before.get(key);
      if (account.kind === "config") this.#note(key, old?.kind === "config" ? old : undefined, account, now.time);
      const isAsking = account.kind === "escrow" && account.exitRequestedAt !== 0n;
      if (!isAsking || old?.kind !== "escrow" || old.exitRequestedAt !== 0n) continue;
      for (const what of PENDING) {
        const announced = this.#standing.get(`${account.config} ${what}`);
        if (announced === undefined || now.time > announced.madeAt + DAY) continue;
        const paidAt = account.exitRequestedAt + account.exitDelay;
        assert.ok(paidAt <= announced.inForceFrom, `I7: who leaves in time is paid before ${what}`);
      }
    }
  }

  #note(key: Key, old: Config | undefined, config: Config, time: bigint): void {
    for (const what of PENDING) {
      const inForceFrom = config[what];
      if (inForceFrom === 0n) this.#standing.delete(`${key} ${what}`);
      else if (inForceFrom !== old?.[what]) this.#standing.set(`${key} ${what}`, { madeAt: time, inForceFrom });
    }
  }
}
