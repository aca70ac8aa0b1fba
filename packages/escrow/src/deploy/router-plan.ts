// What an operator decides about a router before it is opened on the chain, as a JSON file.
import { address, isAddress } from "@solana/kit";
import type { Address } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import type { Params } from "../generated/types/params.ts";
import type { Roles } from "../generated/types/roles.ts";

/** A router as its operator wants it. */
export interface RouterPlan {
  readonly mint: Address;
  readonly url: string;
  readonly roles: Roles;
  readonly params: Params;
}

const ROLES = { settler: "settler", cosigner: "cosigner", guardian: "guardian", fee_owner: "feeOwner" } as const;
const PARAMS = {
  fee_bps: "feeBps",
  min_deposit: "minDeposit",
  user_exit_delay: "userExitDelay",
  provider_exit_delay: "providerExitDelay",
  allowance_notice: "allowanceNotice",
  settler_window: "settlerWindow",
  settler_window_cap: "settlerWindowCap",
} as const;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, place: string, names: readonly string[]): Fields {
  if (typeof value !== "object" || value === null) throw new Error(`${place}: expected an object.`);
  const odd = Object.keys(value).find((name) => !names.includes(name));
  if (odd !== undefined) throw new Error(`${place}: there is no ${odd}; expected ${names.join(", ")}.`);
  return value as Fields;
}

function readAddress(value: unknown, place: string): Address {
  if (typeof value === "string" && isAddress(value)) return address(value);
  throw new Error(`${place}: expected an address, found ${JSON.stringify(value) ?? "nothing"}.`);
}

/** Zeros, which are the system program's address, mean that nobody has the role. */
function readRole(value: unknown, place: string): Address {
  return value === null ? SYSTEM_PROGRAM_ADDRESS : readAddress(value, place);
}

function readWhole(value: unknown, place: string): bigint {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return BigInt(value as number);
  throw new Error(`${place}: expected a whole number, found ${JSON.stringify(value) ?? "nothing"}.`);
}

/** Every value of a group, by the name the program's client has for it. */
function readEach<Name extends string, Value>(
  group: unknown,
  place: string,
  names: Readonly<Record<string, Name>>,
  read: (value: unknown, place: string) => Value,
): Record<Name, Value> {
  const fields = fieldsOf(group, place, Object.keys(names));
  const entries = Object.entries(names).map(([field, name]) => [name, read(fields[field], `${place}.${field}`)]);
  return Object.fromEntries(entries) as Record<Name, Value>;
}

/** The plan in a JSON text. All of it has to be there: nothing about money is decided by a default. */
export function readRouterPlan(text: string): RouterPlan {
  const plan = fieldsOf(JSON.parse(text), "the plan", ["mint", "url", "roles", "params"]);
  if (typeof plan["url"] !== "string") throw new TypeError("url: expected the router's public URL.");
  return {
    mint: readAddress(plan["mint"], "mint"),
    url: plan["url"],
    roles: readEach(plan["roles"], "roles", ROLES, readRole),
    params: readEach(plan["params"], "params", PARAMS, readWhole),
  };
}

function nested(lines: readonly (readonly [name: string, value: string])[]): string {
  return lines.map(([name, value]) => `    ${JSON.stringify(name)}: ${value}`).join(",\n");
}

/** The JSON text of a plan: what `readRouterPlan` reads. Written by hand, since a JSON writer has no whole numbers of any size. */
export function formatRouterPlan({ mint, url, roles, params }: RouterPlan): string {
  const named = Object.entries(ROLES).map(([field, name]) => {
    const role = roles[name];
    return [field, role === SYSTEM_PROGRAM_ADDRESS ? "null" : JSON.stringify(role)] as const;
  });
  const counted = Object.entries(PARAMS).map(([field, name]) => [field, String(params[name])] as const);
  return [
    "{",
    `  "mint": ${JSON.stringify(mint)},`,
    `  "url": ${JSON.stringify(url)},`,
    `  "roles": {\n${nested(named)}\n  },`,
    `  "params": {\n${nested(counted)}\n  }`,
    "}\n",
  ].join("\n");
}
