// What a router's config on chain allows, in words that need no library.
import { pauseState, windowRoom } from "@aimo-network/escrow/accounts/config-facts";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { ChainObservation } from "./observation.ts";

/** A router's config as it was seen last; durations in seconds, amounts in micro-USDC. */
export interface ChainFacts {
  readonly config: string;
  readonly vault: string;
  readonly mint: string;
  readonly programId: string;
  readonly settler: string;
  readonly cosigner: string;
  readonly feeBps: number;
  readonly minDeposit: MicroUsdc;
  readonly userExitDelay: bigint;
  readonly providerExitDelay: bigint;
  readonly allowanceNotice: bigint;
  readonly settlerWindow: bigint;
  readonly windowCap: bigint;
  readonly windowRoom: bigint;
  readonly isSettlePaused: boolean;
}

/** The facts of an observation; undefined where there was none. */
export function chainFacts(seen: ChainObservation | undefined): ChainFacts | undefined {
  if (seen === undefined) return undefined;
  const { config, time } = seen;
  const { params, roles, vault, mint } = config.data;
  return {
    config: config.address,
    vault,
    mint,
    programId: config.programAddress,
    settler: roles.settler,
    cosigner: roles.cosigner,
    feeBps: Number(params.feeBps),
    minDeposit: microUsdc(params.minDeposit),
    userExitDelay: params.userExitDelay,
    providerExitDelay: params.providerExitDelay,
    allowanceNotice: params.allowanceNotice,
    settlerWindow: params.settlerWindow,
    windowCap: params.settlerWindowCap,
    windowRoom: windowRoom(config.data, time),
    isSettlePaused: pauseState(config.data, "settle", time).isPaused,
  };
}
