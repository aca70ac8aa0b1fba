// A bound on bytes that one process or one link holds at a time.

/** Counts bytes against a limit; what was reserved must be released. */
export interface ByteBudget {
  /** Reserves `bytes`; false, and nothing reserved, when they do not fit any more. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  readonly usedBytes: number;
}

/** Creates a budget of `limitBytes`. */
export function createByteBudget(limitBytes: number): ByteBudget {
  let usedBytes = 0;
  return {
    reserve(bytes) {
      if (usedBytes + bytes > limitBytes) return false;
      usedBytes += bytes;
      return true;
    },
    release(bytes) {
      usedBytes -= bytes;
    },
    get usedBytes() {
      return usedBytes;
    },
  };
}
