// What has happened to an account: the signatures of its transactions since the last look, none missed and none twice.
import type { Address, Rpc, Signature, SolanaRpcApi } from "@solana/kit";
import { SIGNATURES_AGAIN_SLOTS, SIGNATURES_LISTED_MAX, SIGNATURES_REMEMBERED_MAX } from "./limits.ts";

/** A transaction that landed. */
export interface Mark {
  readonly signature: Signature;
  readonly slot: bigint;
  /** Whether it changed nothing. */
  readonly isFailed: boolean;
}

/** The signatures seen last, the newest first. */
export type Trail = readonly Mark[];

/** What a look at the signatures found. */
export interface TrailStep {
  /** From where the next look goes on. */
  readonly trail: Trail;
  /** What was not seen before; undefined where nobody can tell, because the trail was lost. */
  readonly fresh: readonly Mark[] | undefined;
}

/**
 * The mark that the next look goes back to, behind those that are asked for again: nodes list some transactions late,
 * behind others that were seen already, and to go on from the newest would miss them. Undefined where a trail is too
 * young for it: then the next look takes all there is.
 */
function anchorOf(trail: Trail): Mark | undefined {
  const [newest] = trail;
  if (newest === undefined) return undefined;
  const old = trail.findIndex(({ slot }) => slot < newest.slot - SIGNATURES_AGAIN_SLOTS);
  return trail[old === -1 ? SIGNATURES_REMEMBERED_MAX : Math.min(old, SIGNATURES_REMEMBERED_MAX)];
}

/** A trail without what is behind its anchor. */
function cut(trail: Trail): Trail {
  const anchor = anchorOf(trail);
  return anchor === undefined ? trail : trail.slice(0, trail.indexOf(anchor) + 1);
}

/** Goes on with a trail, or begins one, by an answer that lists the newest first, back to the trail's anchor. */
export function followTrail(trail: Trail | undefined, listed: readonly Mark[]): TrailStep {
  if (trail === undefined) return { trail: cut(listed), fresh: undefined };
  const [newest] = trail;
  const anchor = anchorOf(trail);
  const isFull = listed.length >= SIGNATURES_LISTED_MAX;
  const goesOn = newest === undefined || listed.some(({ signature }) => signature === newest.signature);
  const isBeyond = anchor !== undefined && listed.some(({ slot }) => slot < anchor.slot);
  if (isFull || !goesOn || isBeyond) return { trail: cut(listed), fresh: undefined };
  const known = new Set(trail.map(({ signature }) => signature));
  const again = new Set(listed.map(({ signature }) => signature));
  const merged = [...listed, ...trail.filter(({ signature }) => !again.has(signature))];
  merged.sort((one, other) => (one.slot === other.slot ? 0 : one.slot > other.slot ? -1 : 1));
  return { trail: cut(merged), fresh: listed.filter(({ signature }) => !known.has(signature)) };
}

/** Asks a node how a trail goes on; without one, where it begins. */
export async function lookAtTrail(
  rpc: Rpc<SolanaRpcApi>,
  trail: Trail | undefined,
  where: {
    readonly address: Address;
    readonly commitment: "confirmed" | "finalized";
    readonly abortSignal: AbortSignal;
  },
): Promise<TrailStep> {
  const { address, commitment, abortSignal } = where;
  const anchor = anchorOf(trail ?? []);
  const newest = trail?.[0];
  const answer = await rpc
    .getSignaturesForAddress(address, {
      commitment,
      limit: SIGNATURES_LISTED_MAX,
      ...(anchor !== undefined && { until: anchor.signature }),
      // A node that has not reached the newest would seem to have lost the trail.
      ...(newest !== undefined && { minContextSlot: newest.slot }),
    })
    .send({ abortSignal });
  const listed = answer.map(({ signature, slot, err: error }) => ({ signature, slot, isFailed: error !== null }));
  return followTrail(trail, listed);
}
