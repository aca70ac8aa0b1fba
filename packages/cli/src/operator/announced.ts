// What is announced on the chain and changes later, for people.
import { pendingAdmin, pendingParams, pendingRoles } from "@aimo-network/escrow/accounts/config-facts";
import { momentWords } from "@aimo-network/escrow/plain-words";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import { paramFacts, roleFacts } from "./router-terms.ts";

type Facts = readonly (readonly [name: string, value: string])[];

/** Only what would be other than it is. */
function changed(now: Facts, then: Facts): string {
  return then
    .filter(([name, value], place) => now[place]?.[0] !== name || now[place]?.[1] !== value)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** A line for each announcement, with when and by which command it comes into force. */
export function announcedFacts(config: Config, now: bigint): (readonly [string, string])[] {
  const [params, roles, admin] = [pendingParams(config, now), pendingRoles(config, now), pendingAdmin(config, now)];
  const when = ({ at, isDue }: { readonly at: bigint; readonly isDue: boolean }, word: string): string =>
    isDue ? `due since ${momentWords(at)}, put in force by ${word}` : `from ${momentWords(at)}, by ${word}`;
  return [
    ...(params === undefined
      ? []
      : [
          [
            "announced",
            `${changed(paramFacts(config.params), paramFacts(params.value))}: ${when(params, "apply-due")}`,
          ] as const,
        ]),
    ...(roles === undefined
      ? []
      : [
          [
            "announced",
            `${changed(roleFacts(config.roles), roleFacts(roles.value))}: ${when(roles, "apply-due")}`,
          ] as const,
        ]),
    ...(admin === undefined ? [] : [["announced", `admin ${admin.value}: ${when(admin, "accept-admin")}`] as const]),
  ];
}
