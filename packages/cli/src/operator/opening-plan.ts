// What is decided of a router before it is opened: once, then kept in a file, so that a run that broke off goes on with it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "@solana/kit";
import { formatRouterPlan, readRouterPlan } from "@aimo-network/escrow/deploy/router-plan";
import type { RouterPlan } from "@aimo-network/escrow/deploy/router-plan";
import { NOBODY } from "@aimo-network/escrow/program-bounds";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { openWalletFile } from "../wallet/open-wallet.ts";
import { makeRoleFile, makeWhole, roleFile } from "./role-files.ts";
import { askTerms, contradictions, givenText, readAddress } from "./terms-asked.ts";
import type { GivenOptions } from "./terms-asked.ts";

type PlannedRole = keyof RouterPlan["roles"];

const ROLE_OPTIONS: Readonly<Record<PlannedRole, string>> = {
  settler: "--settler",
  cosigner: "--cosigner",
  guardian: "--guardian",
  feeOwner: "--fee-owner",
};
/** Without these a router neither settles nor pays. */
const NEEDED: readonly PlannedRole[] = ["settler", "cosigner"];

/** Where a router's plan is kept. */
function planFile(folder: string): string {
  return join(folder, "router-plan.json");
}

/** Who an option names for a role; undefined where it names nobody and a key is to be made. */
function givenRole(given: GivenOptions, role: PlannedRole): Address | undefined {
  const option = ROLE_OPTIONS[role];
  const text = givenText(given, option);
  if (text === undefined) return undefined;
  if (text === "nobody" && !NEEDED.includes(role)) return NOBODY;
  return readAddress(text, option);
}

/** The plan that an earlier run has kept. */
function readKept(file: string): RouterPlan | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return readRouterPlan(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CommandFault(
      {
        what: `${file} is no router's plan.`,
        why: error instanceof Error ? error.message : String(error),
        next: "Correct it, or move it away to be asked again.",
        reason: "usage",
        code: "plan_malformed",
      },
      { cause: error },
    );
  }
}

function insistOnKept(file: string, plan: RouterPlan, given: GivenOptions): void {
  const roles = Object.keys(ROLE_OPTIONS) as PlannedRole[];
  const others = roles.filter((role) => {
    const address = givenRole(given, role);
    return address !== undefined && address !== plan.roles[role];
  });
  const against = [...contradictions(given, plan), ...others.map((role) => ROLE_OPTIONS[role])];
  if (against.length === 0) return;
  throw new CommandFault({
    what: `${file} was decided otherwise than ${against.join(", ")}.`,
    why: "an earlier run has kept the router's terms there.",
    next: "Leave the options out to go on with it; or move the file away, and decide anew: nothing is on the chain yet.",
    reason: "usage",
    code: "plan_differs",
  });
}

async function roleAddress(
  context: CommandContext,
  folder: string,
  role: PlannedRole,
  given: GivenOptions,
): Promise<Address> {
  const named = givenRole(given, role);
  if (named !== undefined) return named;
  makeRoleFile(folder, role);
  const { address } = await openWalletFile(context, roleFile(folder, role));
  return address as Address;
}

/** The plan of the folder, or a new one of what is given and answered; the keys that it names and nobody has are made. */
export async function decidePlan(
  context: CommandContext,
  folder: string,
  given: GivenOptions,
  usualMint: string | undefined,
): Promise<RouterPlan> {
  const file = planFile(folder);
  const kept = readKept(file);
  if (kept !== undefined) {
    insistOnKept(file, kept, given);
    context.terminal.note(`Goes on with ${file}.`);
    return kept;
  }
  for (const role of Object.keys(ROLE_OPTIONS) as PlannedRole[]) givenRole(given, role); // refused before anything is asked
  const terms = await askTerms(context, given, usualMint);
  const roles = {
    settler: await roleAddress(context, folder, "settler", given),
    cosigner: await roleAddress(context, folder, "cosigner", given),
    guardian: await roleAddress(context, folder, "guardian", given),
    feeOwner: await roleAddress(context, folder, "feeOwner", given),
  };
  return { ...terms, roles };
}

/** Keeps a plan for the runs to come; one that is kept stays. */
export function keepPlan(folder: string, plan: RouterPlan): void {
  makeWhole(planFile(folder), (draft) => writeFileSync(draft, formatRouterPlan(plan), { mode: 0o600 }));
}
