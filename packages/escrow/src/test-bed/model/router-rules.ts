// What the instructions of a router do: 0 and 15–23.
import { checkAmount, lesser } from "./amounts.ts";
import { BYTES, payRent } from "./creation.ts";
import type { Draft } from "./draft.ts";
import { require } from "./draft.ts";
import type { InstructionOf } from "./instruction.ts";
import { checkParams, gentler, timelock } from "./params.ts";
import { checkDestination, checkPayment, liabilitiesOf, pay } from "./payment.ts";
import type { Config, Key, Params, PerPause, Roles } from "./records.ts";
import { NOBODY, NO_PARAMS, NO_ROLES } from "./records.ts";
import { holds } from "./user-rules.ts";

const PAUSES = 0b111;
const ROLE_NAMES = ["settler", "cosigner", "guardian", "feeOwner"] as const;
const PARAM_NAMES = Object.keys(NO_PARAMS) as (keyof Params)[];

function checkUrl(url: string): void {
  require(/^[\x21-\x7e]{0,128}$/.test(url), "BadInstruction");
}

function requireAdmin(signers: ReadonlySet<Key>, admin: Key, config: Config): void {
  require(signers.has(admin) && admin === config.admin, "NotAdmin");
}

/** 0: opens a router. */
export function initConfig(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"init_config">): void {
  const { derive, tokenProgram, mainnetUsdc } = draft.surroundings;
  checkUrl(told.url);
  checkParams(told.params, accounts.mint === mainnetUsdc);
  const isSigned = [accounts.payer, accounts.routerId, accounts.admin].every((key) => signers.has(key));
  require(isSigned, "MissingSigner");
  require(accounts.tokenProgram === tokenProgram, "BadTokenProgram");
  const mint = draft.get(accounts.mint);
  const isOfSplToken = mint.kind === "token" || (mint.kind === "mint" && mint.isOfSplToken);
  require(isOfSplToken, "BadTokenProgram");
  require(mint.kind === "mint" && mint.decimals === 6, "BadMint");
  const isDerived =
    derive.config(accounts.routerId) === accounts.config &&
    derive.vault(accounts.config) === accounts.vault &&
    derive.vaultAuthority(accounts.config) === accounts.vaultAuthority;
  require(isDerived, "BadPda");
  draft.put(accounts.config, {
    kind: "config",
    lamports: payRent(draft, accounts.payer, accounts.config, BYTES.config),
    routerId: accounts.routerId,
    mint: accounts.mint,
    vault: accounts.vault,
    vaultAuthority: accounts.vaultAuthority,
    admin: accounts.admin,
    pendingAdmin: NOBODY,
    roles: told.roles,
    pendingRoles: NO_ROLES,
    params: told.params,
    pendingParams: NO_PARAMS,
    pendingAdminAt: 0n,
    pendingRolesAt: 0n,
    pendingParamsAt: 0n,
    pauseUntil: [0n, 0n, 0n],
    pauseNotBefore: [0n, 0n, 0n],
    windowStart: 0n,
    windowSpent: 0n,
    totalUser: 0n,
    totalProvider: 0n,
    feeAccrued: 0n,
    batchCount: 0n,
    lastRoot: "00".repeat(32),
    url: told.url,
  });
  const lamports = payRent(draft, accounts.payer, accounts.vault, BYTES.vault);
  const owner = accounts.vaultAuthority;
  draft.put(accounts.vault, { kind: "token", lamports, mint: accounts.mint, owner, amount: 0n, state: "initialized" });
}

/** 15: pays the router its share. */
export function collectFees(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"collect_fees">): void {
  const { amount } = told;
  checkAmount(amount);
  const config = draft.config(accounts.config);
  require(holds(signers, accounts.feeOwner, config.roles.feeOwner), "MissingSigner");
  require(config.feeAccrued !== 0n, "NothingToWithdraw");
  require(config.feeAccrued >= amount, "InsufficientBalance");
  checkPayment(draft, config, accounts);
  checkDestination(draft, config, accounts.destination);
  require((draft.token(config.vault)?.amount ?? 0n) >= liabilitiesOf(config), "Insolvent");
  draft.put(accounts.config, { ...config, feeAccrued: config.feeAccrued - amount });
  pay(draft, config, accounts.destination, amount);
}

/** 16: announces params. */
export function scheduleParams(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"schedule_params">,
): void {
  const wanted = told.params;
  const config = draft.config(accounts.config);
  requireAdmin(signers, accounts.admin, config);
  checkParams(wanted, config.mint === draft.surroundings.mainnetUsdc);
  const params = gentler(config.params, wanted);
  const isWaiting = PARAM_NAMES.some((name) => params[name] !== wanted[name]);
  const isNoticeShorter = params.allowanceNotice < config.params.allowanceNotice;
  const end = draft.now.time + params.allowanceNotice / 2n;
  draft.put(accounts.config, {
    ...config,
    params,
    pauseUntil: eachPause(config.pauseUntil, (standing) => (isNoticeShorter ? lesser(standing, end) : standing)),
    pendingParams: isWaiting ? wanted : NO_PARAMS,
    pendingParamsAt: isWaiting ? draft.now.time + timelock(config.params, config.pendingParams) : 0n,
  });
}

/** 17: puts in force what is due. */
export function applyParams(draft: Draft, { accounts, signers }: InstructionOf<"apply_params">): void {
  const config = draft.config(accounts.config);
  requireAdmin(signers, accounts.admin, config);
  const isDue = (at: bigint): boolean => at !== 0n && draft.now.time >= at;
  const areParamsDue = isDue(config.pendingParamsAt);
  const areRolesDue = isDue(config.pendingRolesAt);
  require(areParamsDue || areRolesDue, "ParamNotReady");
  draft.put(accounts.config, {
    ...config,
    ...(areParamsDue && { params: config.pendingParams, pendingParams: NO_PARAMS, pendingParamsAt: 0n }),
    ...(areRolesDue && { roles: config.pendingRoles, pendingRoles: NO_ROLES, pendingRolesAt: 0n }),
  });
}

/** 18: names the next admin, or nobody. */
export function proposeAdmin(
  draft: Draft,
  { accounts, arguments: told, signers }: InstructionOf<"propose_admin">,
): void {
  const config = draft.config(accounts.config);
  requireAdmin(signers, accounts.admin, config);
  const pendingAdminAt = told.newAdmin === NOBODY ? 0n : draft.now.time + timelock(config.params, config.pendingParams);
  draft.put(accounts.config, { ...config, pendingAdmin: told.newAdmin, pendingAdminAt });
}

/** 19: the proposed admin takes over. */
export function acceptAdmin(draft: Draft, { accounts, signers }: InstructionOf<"accept_admin">): void {
  const config = draft.config(accounts.config);
  require(holds(signers, accounts.newAdmin, config.pendingAdmin), "NotPendingAdmin");
  require(draft.now.time >= config.pendingAdminAt, "ParamNotReady");
  draft.put(accounts.config, { ...config, admin: accounts.newAdmin, pendingAdmin: NOBODY, pendingAdminAt: 0n });
}

/** 20: gives and takes roles. */
export function setRoles(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"set_roles">): void {
  const wanted = told.roles;
  const config = draft.config(accounts.config);
  requireAdmin(signers, accounts.admin, config);
  const isCosigned = signers.has(accounts.cosigner);
  require(!isCosigned || holds(signers, accounts.cosigner, config.roles.cosigner), "CosignerRequired");
  const atOnce = (name: keyof Roles): boolean => isCosigned || wanted[name] === NOBODY;
  const roles = {
    settler: atOnce("settler") ? wanted.settler : config.roles.settler,
    cosigner: atOnce("cosigner") ? wanted.cosigner : config.roles.cosigner,
    guardian: atOnce("guardian") ? wanted.guardian : config.roles.guardian,
    feeOwner: atOnce("feeOwner") ? wanted.feeOwner : config.roles.feeOwner,
  };
  const isWaiting = ROLE_NAMES.some((name) => roles[name] !== wanted[name]);
  draft.put(accounts.config, {
    ...config,
    roles,
    pendingRoles: isWaiting ? wanted : NO_ROLES,
    pendingRolesAt: isWaiting ? draft.now.time + timelock(config.params, config.pendingParams) : 0n,
  });
}

/** 21: pauses, and ends pauses. */
export function setPause(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"set_pause">): void {
  const { set, clear } = told;
  const isMask = (set | clear) !== 0 && (set & clear) === 0 && ((set | clear) & ~PAUSES) === 0;
  require(isMask, "BadInstruction");
  const config = draft.config(accounts.config);
  const { time } = draft.now;
  const isAdmin = holds(signers, accounts.signer, config.admin);
  const isGuardian = holds(signers, accounts.signer, config.roles.guardian);
  require(set === 0 || isAdmin || isGuardian, "MissingSigner");
  require(clear === 0 || isAdmin, "NotAdmin");
  const half = config.params.allowanceNotice / 2n;
  const isIn = (mask: number, kind: number): boolean => ((mask >> kind) & 1) === 1;
  const isResting = config.pauseNotBefore.some((notBefore, kind) => isIn(set, kind) && time < notBefore);
  require(!isResting, "PauseCooldown");
  const until = (standing: bigint, kind: number): bigint => {
    if (isIn(set, kind)) return time + half;
    return isIn(clear, kind) && standing > time ? time : standing;
  };
  draft.put(accounts.config, {
    ...config,
    pauseUntil: eachPause(config.pauseUntil, until),
    pauseNotBefore: eachPause(config.pauseNotBefore, (standing, kind) =>
      isIn(set, kind) ? time + half + half : standing,
    ),
  });
}

function eachPause([first, second, third]: PerPause, of: (standing: bigint, kind: number) => bigint): PerPause {
  return [of(first, 0), of(second, 1), of(third, 2)];
}

/** 22: takes out donations. */
export function sweepSurplus(draft: Draft, { accounts, signers }: InstructionOf<"sweep_surplus">): void {
  const config = draft.config(accounts.config);
  require(holds(signers, accounts.feeOwner, config.roles.feeOwner), "MissingSigner");
  checkPayment(draft, config, accounts);
  checkDestination(draft, config, accounts.destination);
  const surplus = (draft.token(config.vault)?.amount ?? 0n) - liabilitiesOf(config);
  require(surplus >= 0n, "Insolvent");
  require(surplus !== 0n, "NothingToWithdraw");
  pay(draft, config, accounts.destination, surplus);
}

/** 23: changes the URL. */
export function setUrl(draft: Draft, { accounts, arguments: told, signers }: InstructionOf<"set_url">): void {
  checkUrl(told.url);
  const config = draft.config(accounts.config);
  requireAdmin(signers, accounts.admin, config);
  draft.put(accounts.config, { ...config, url: told.url });
}
