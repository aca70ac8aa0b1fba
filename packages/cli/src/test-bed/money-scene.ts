// Somebody with USDC, and a router for them: what most tests of money begin with.
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { MoneyBed, MoneyPerson } from "./money-bed.ts";
import { openMoneyBed } from "./money-bed.ts";
import type { MoneyRouterBed } from "./money-router.ts";
import { startMoneyRouter } from "./money-router.ts";

/** A chain, a person on it with 100 USDC, and a router that composes for that person. */
export interface MoneyScene {
  readonly bed: MoneyBed;
  readonly ann: MoneyPerson;
  readonly router: MoneyRouterBed;
}

/** Opens the scene for one test; `t` is what a hook is given, which ends it. */
export async function openMoneyScene(t: unknown): Promise<MoneyScene> {
  const ending = t as { after(close: () => void): void };
  const bed = await openMoneyBed(ending);
  const ann = await bed.person(100n * USDC);
  return { bed, ann, router: await startMoneyRouter(ending, bed, ann.address) };
}
