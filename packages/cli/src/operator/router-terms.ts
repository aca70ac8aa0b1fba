// A router's roles and params, as JSON and as people read them.
import type { Address } from "@solana/kit";
import type { RouterPlan } from "@aimo-network/escrow/deploy/router-plan";
import { durationWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { NOBODY } from "@aimo-network/escrow/program-bounds";
import { divide, formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";

type Roles = RouterPlan["roles"];
type Params = RouterPlan["params"];

function person(address: Address): string | null {
  return address === NOBODY ? null : address;
}

/** Roles for programs; nobody is null. */
export function rolesJson({ settler, cosigner, guardian, feeOwner }: Roles): object {
  return {
    settler: person(settler),
    cosigner: person(cosigner),
    guardian: person(guardian),
    fee_owner: person(feeOwner),
  };
}

/** Params for programs: amounts in USDC, times in seconds. */
export function paramsJson(params: Params): object {
  return {
    fee_bps: Number(params.feeBps),
    min_deposit: formatMicroUsdc(microUsdc(params.minDeposit)),
    user_exit_delay: Number(params.userExitDelay),
    provider_exit_delay: Number(params.providerExitDelay),
    allowance_notice: Number(params.allowanceNotice),
    settler_window: Number(params.settlerWindow),
    settler_window_cap: formatMicroUsdc(microUsdc(params.settlerWindowCap)),
  };
}

/** Roles for people, a line for each. */
export function roleFacts({ settler, cosigner, guardian, feeOwner }: Roles): (readonly [string, string])[] {
  const named = { settler, cosigner, guardian, "fee owner": feeOwner };
  return Object.entries(named).map(([name, address]) => [name, person(address) ?? "nobody"] as const);
}

/** Hundredths of a percent as percent: `2.5 %`. */
function percentWords(bps: bigint): string {
  const fraction = String(bps % 100n)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return `${divide(bps, 100n, "down")}${fraction === "" ? "" : `.${fraction}`} %`;
}

/** Params for people, a line for each. */
export function paramFacts(params: Params): (readonly [string, string])[] {
  const { userExitDelay, providerExitDelay, settlerWindow, settlerWindowCap } = params;
  return [
    ["fee", percentWords(params.feeBps)],
    ["smallest deposit", usdcWords(params.minDeposit)],
    ["exit delay", `${durationWords(userExitDelay)} for users, ${durationWords(providerExitDelay)} for providers`],
    ["allowance notice", durationWords(params.allowanceNotice)],
    ["settled at most", `${usdcWords(settlerWindowCap)} in ${durationWords(settlerWindow)}`],
  ];
}
