// What the bits of a generation's row say.

/** Bits of `generations.flags`. */
export const GENERATION_FLAGS = {
  /** It was answered as a stream. */
  streamed: 1,
  /** The client left before the answer had ended. */
  cancelled: 2,
  /** The usage that the provider reported was more than could be, and was clamped. */
  usageAdjusted: 4,
  /** The usage is this router's estimate. */
  usageEstimated: 8,
  /** The provider broke off after the client had seen output: nothing was charged. */
  interrupted: 16,
  /** The provider reported no usage: nothing was charged. */
  noUsage: 32,
  /** Its router died: it was charged from what its provider's proxy told afterwards. */
  replayed: 64,
} as const;
