// A router as a provider's commands ask it, and a provider whose key it has issued.
import type { TestContext } from "node:test";
import { openReadingBed } from "./reading-bed.ts";
import type { ReadingBed } from "./reading-bed.ts";
import { startScriptedRouter } from "./scripted-router.ts";
import type { Script, ScriptedRouter } from "./scripted-router.ts";

/** The provider. */
export const WALLET = "4indbb8qWAJt2gyMAeBha9dE7YVTJQsFWnyWaYouWuv3";

const KEY = `aimo-sk-u1-${WALLET}`; // issued keys have 32 bytes too

/** The surroundings of its commands, and its router. */
export interface ProviderScene extends ReadingBed {
  readonly router: ScriptedRouter;
}

/** Starts a router that knows the key's wallet, and answers what the test says. */
export async function openProviderScene(t: TestContext, answers: Record<string, Script>): Promise<ProviderScene> {
  const known = { "/api/v1/key": { data: { creator_user_id: WALLET } } };
  const router = await startScriptedRouter(t, { ...known, ...answers });
  const bed = openReadingBed(t, { options: { router: router.url }, environment: { AIMO_API_KEY: KEY } });
  return { ...bed, router };
}

/** One offer in a router's list of a model's endpoints. */
export function endpoint(wallet: string, more: object = {}): object {
  return {
    provider_name: wallet,
    pricing: { prompt: "0.0000001", completion: "0.0000004" },
    uptime_last_1d: 99.5,
    latency_last_30m: { p50: 320 },
    aimo: {
      share: 0.25,
      tier: "good",
      verdict: "verified",
      is_new: false,
      free_slots: 3,
      reasons: [{ code: "weighted_by_price", words: "By \u001B[31mprice\u202E." }],
    },
    ...more,
  };
}
