// The model of the program: what becomes of an instruction, by docs/escrow.md alone.
//
// The order of its refusals is the document's: arguments first; then whether the accounts of the program are accepted,
// for nothing can be known of one that is not; then who signs; then the state in the order of the words; then the
// accounts of a payment. Where the document leaves the order of two faults open, tests send one at a time.
import type { Moment, Surroundings } from "./draft.ts";
import { Draft, Refusal } from "./draft.ts";
import type { Instruction, InstructionName, InstructionOf } from "./instruction.ts";
import {
  providerFinalizeExit,
  providerRequestExit,
  registerProvider,
  setPayout,
  withdrawProvider,
} from "./provider-rules.ts";
import type { Account, Key } from "./records.ts";
import {
  acceptAdmin,
  applyParams,
  collectFees,
  initConfig,
  proposeAdmin,
  scheduleParams,
  setPause,
  setRoles,
  setUrl,
  sweepSurplus,
} from "./router-rules.ts";
import type { SettleEvent } from "./settle-rule.ts";
import { settleBatch } from "./settle-rule.ts";
import {
  cancelExit,
  closeEscrow,
  deposit,
  finalizeExit,
  openEscrow,
  requestExit,
  setAllowance,
  withdrawUser,
} from "./user-rules.ts";

/** What becomes of an instruction: the error it is refused with, or what it changes and logs. */
export interface Verdict {
  readonly error: string | undefined;
  readonly changes: ReadonlyMap<Key, Account>;
  readonly event: SettleEvent | undefined;
}

type Rule<Name extends InstructionName> = (draft: Draft, instruction: InstructionOf<Name>) => SettleEvent | void;

const RULES: { readonly [Name in InstructionName]: Rule<Name> } = {
  init_config: initConfig,
  open_escrow: openEscrow,
  deposit,
  set_allowance: setAllowance,
  settle_batch: settleBatch,
  withdraw_user: withdrawUser,
  request_exit: requestExit,
  cancel_exit: cancelExit,
  finalize_exit: finalizeExit,
  close_escrow: closeEscrow,
  register_provider: registerProvider,
  withdraw_provider: withdrawProvider,
  provider_request_exit: providerRequestExit,
  provider_finalize_exit: providerFinalizeExit,
  set_payout: setPayout,
  collect_fees: collectFees,
  schedule_params: scheduleParams,
  apply_params: applyParams,
  propose_admin: proposeAdmin,
  accept_admin: acceptAdmin,
  set_roles: setRoles,
  set_pause: setPause,
  sweep_surplus: sweepSurplus,
  set_url: setUrl,
};

/** The instructions in the order of their numbers. */
export const INSTRUCTION_NAMES = Object.keys(RULES) as readonly InstructionName[];

const NOTHING: ReadonlyMap<Key, Account> = new Map();

/** Says what becomes of an instruction where these accounts stand. */
export function judge(
  standing: ReadonlyMap<Key, Account>,
  instruction: Instruction,
  now: Moment,
  surroundings: Surroundings,
): Verdict {
  if (instruction.malformation !== undefined) return { error: "BadInstruction", changes: NOTHING, event: undefined };
  const draft = new Draft(standing, now, surroundings);
  const rule = RULES[instruction.name] as (draft: Draft, instruction: Instruction) => SettleEvent | void;
  try {
    const event = rule(draft, instruction) ?? undefined;
    return { error: undefined, changes: draft.changes, event };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: error.message, changes: NOTHING, event: undefined };
  }
}
