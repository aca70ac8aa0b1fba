// Keys as a router lists them, for tests.
import type { KeyRecord } from "../key-record.ts";

/** An issued key without bounds; what is given takes the place of what it has. */
export function keyRecord(
  record: Partial<Omit<KeyRecord, "aimo">> = {},
  aimo: Partial<KeyRecord["aimo"]> = {},
): KeyRecord {
  return {
    hash: "beee7c29f9ed26819862e2d586757c4b",
    name: "laptop",
    disabled: false,
    limit_reset: null,
    expires_at: null,
    allowed_models: null,
    created_at: "2026-11-20T00:00:00.000Z",
    last_used_at: null,
    revoked_at: null,
    ...record,
    aimo: {
      ...{ kind: "issued", earn_only: false, limit: null, limit_remaining: null },
      ...{ usage: "0", usage_daily: "0", usage_weekly: "0", usage_monthly: "0" },
      ...aimo,
    },
  };
}
