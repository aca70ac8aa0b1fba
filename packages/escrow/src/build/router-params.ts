// Instructions about what a router is: opening it, its params and its URL.
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { pendingParams, pendingRoles } from "../accounts/config-facts.ts";
import type { AccountReading, Held } from "../accounts/read-account.ts";
import { insistOnMint } from "../accounts/token-account.ts";
import { routerAddresses } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import { getApplyParamsInstruction } from "../generated/instructions/applyParams.ts";
import { getInitConfigInstruction } from "../generated/instructions/initConfig.ts";
import { getScheduleParamsInstruction } from "../generated/instructions/scheduleParams.ts";
import { getSetUrlInstruction } from "../generated/instructions/setUrl.ts";
import type { Params } from "../generated/types/params.ts";
import type { Roles } from "../generated/types/roles.ts";
import { durationWords, momentWords } from "../plain-words.ts";
import { DAY, FEE_BPS_MAX, HOUR, MAINNET_USDC, URL_BYTES_MAX } from "../program-bounds.ts";
import { insist } from "../refusal.ts";
import { insistOnCeiling, insistOnSigner } from "./requirements.ts";
import { insistVacant } from "./user-money.ts";

const URL_CHARACTERS = /^[\u0021-\u007E]*$/;

function insistOnUrl(url: string): void {
  insist(URL_CHARACTERS.test(url) && url.length <= URL_BYTES_MAX, "BadInstruction", () => ({
    expected: `a URL of at most ${URL_BYTES_MAX} printable ASCII characters without spaces`,
    found: JSON.stringify(url.slice(0, 2 * URL_BYTES_MAX)),
  }));
}

function insistInRange(name: string, seconds: bigint, range: { readonly from: bigint; readonly to: bigint }): void {
  const { from, to } = range;
  insist(seconds >= from && seconds <= to, "DelayOutOfRange", () => ({
    expected: `${name} from ${durationWords(from)} to ${durationWords(to)}`,
    found: seconds < 0n ? `${seconds} s` : durationWords(seconds),
  }));
}

/** Refuses params outside their ranges, which are wider for every mint but Circle's USDC on mainnet. */
function insistOnParams(params: Params, mint: Address): void {
  const { feeBps, minDeposit, settlerWindowCap, userExitDelay } = params;
  const atLeast = (real: bigint): bigint => (mint === MAINNET_USDC ? real : 1n);
  insist(feeBps >= 0n && feeBps <= FEE_BPS_MAX, "FeeTooHigh", () => ({ found: `${feeBps} basis points` }));
  insistOnCeiling(minDeposit);
  insistOnCeiling(settlerWindowCap);
  insistInRange("a user's exit delay", userExitDelay, { from: atLeast(HOUR), to: 7n * DAY });
  insistInRange("a provider's exit delay", params.providerExitDelay, { from: atLeast(DAY), to: 30n * DAY });
  insistInRange("a settlement window", params.settlerWindow, { from: atLeast(HOUR), to: 7n * DAY });
  insistInRange("a notice", params.allowanceNotice, { from: 0n, to: userExitDelay / 2n });
}

/** What opening a router takes. */
export interface InitConfigInput {
  /** The deployment that the router belongs to. */
  readonly programAddress: Address;
  readonly payer: TransactionSigner;
  /** Signs, so that nobody takes another's place. */
  readonly routerId: TransactionSigner;
  readonly admin: TransactionSigner;
  /** The mint as it was read. */
  readonly mint: AccountReading;
  readonly roles: Roles;
  readonly params: Params;
  readonly url: string;
  /** What is at the config's address, where that was looked at. */
  readonly found?: AccountReading;
}

/** 0: opens a router's config and its empty vault. */
export async function buildInitConfig(input: InitConfigInput): Promise<Instruction[]> {
  const { programAddress, payer, routerId, admin, mint, roles, params, url, found } = input;
  insistOnUrl(url);
  insistOnMint(mint);
  insistOnParams(params, mint.address);
  const addresses = await routerAddresses({ programAddress, routerId: routerId.address });
  if (found !== undefined) insistVacant(found, addresses.config);
  return [
    getInitConfigInstruction(
      { payer, routerId, admin, ...addresses, mint: mint.address, roles, params, url },
      { programAddress },
    ),
  ];
}

function insistOnAdmin(admin: TransactionSigner, config: Config): void {
  insistOnSigner(admin, { key: config.admin, as: "the router's admin", name: "NotAdmin" });
}

/** What announcing params takes. */
export interface ScheduleParamsInput {
  readonly admin: TransactionSigner;
  readonly router: Held<Config>;
  readonly params: Params;
}

/** 16: announces params; what hurts nobody is in force at once. */
export async function buildScheduleParams(input: ScheduleParamsInput): Promise<Instruction[]> {
  const { admin, router, params } = input;
  insistOnAdmin(admin, router.data);
  insistOnParams(params, router.data.mint);
  return [getScheduleParamsInstruction({ admin, config: router.address, params }, router)];
}

/** What putting announced params and roles in force takes. */
export interface ApplyParamsInput {
  readonly admin: TransactionSigner;
  readonly router: Held<Config>;
  readonly now: bigint;
}

/** 17: puts announced params and roles in force whose time has come. */
export async function buildApplyParams(input: ApplyParamsInput): Promise<Instruction[]> {
  const { admin, router, now } = input;
  insistOnAdmin(admin, router.data);
  const announced = [pendingParams(router.data, now), pendingRoles(router.data, now)];
  const waiting = announced.flatMap((one) => (one === undefined ? [] : [momentWords(one.at)]));
  insist(
    announced.some((one) => one?.isDue === true),
    "ParamNotReady",
    () => ({ found: waiting.length === 0 ? "nothing" : `what is due at ${waiting.join(" and ")}` }),
  );
  return [getApplyParamsInstruction({ admin, config: router.address }, router)];
}

/** What changing a router's public URL takes. */
export interface SetUrlInput {
  readonly admin: TransactionSigner;
  readonly router: Held<Config>;
  readonly url: string;
}

/** 23: changes the router's public URL in the directory. */
export async function buildSetUrl(input: SetUrlInput): Promise<Instruction[]> {
  const { admin, router, url } = input;
  insistOnAdmin(admin, router.data);
  insistOnUrl(url);
  return [getSetUrlInstruction({ admin, config: router.address, url }, router)];
}
