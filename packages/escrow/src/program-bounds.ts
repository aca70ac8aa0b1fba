// The numbers the program is built with (docs/escrow.md), for those who foresee what it does.
import type { Address } from "@solana/kit";

/** No amount, ceiling or total is above it, in micro-USDC; no moment either, in seconds. */
export const AMOUNT_MAX = 2n ** 53n;
/** The entries one batch may have. */
export const ENTRIES_MAX = 64;
/** The bytes of a router's URL. */
export const URL_BYTES_MAX = 128;
/** How many slots an escrow rests after it was opened and after it was last charged, before it may be closed. */
export const CLOSE_SLOTS = 1_500n;
/** The basis points of everything. */
export const BPS = 10_000n;
/** The highest fee a router may take, in basis points. */
export const FEE_BPS_MAX = 500n;
/** The decimals of every mint the program takes. */
export const DECIMALS = 6;
/** An hour in the chain's seconds. */
export const HOUR = 3_600n;
/** A day in the chain's seconds. */
export const DAY = 24n * HOUR;
/** Zeros: nobody has the role, nobody is proposed. */
export const NOBODY = "11111111111111111111111111111111" as Address;
/** Circle's USDC on mainnet, whose routers have no delays of seconds. */
export const MAINNET_USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" as Address;
/** Circle's USDC on devnet. */
export const DEVNET_USDC = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU" as Address;
