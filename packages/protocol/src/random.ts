// Randomness as a value that is passed in, so that choices can be replayed from a seed.

/** Where unpredictable bytes and fractions come from. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}

const POOL_BYTES = 4096; // one call to the system's generator serves many ids
const pool = new Uint8Array(POOL_BYTES);
let poolUsed = POOL_BYTES;

function take(count: number): Uint8Array {
  if (count > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(count));
  if (poolUsed + count > POOL_BYTES) {
    crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  const start = poolUsed;
  poolUsed += count;
  const bytes = pool.slice(start, poolUsed);
  pool.fill(0, start, poolUsed);
  return bytes;
}

function fractionOf([byte0 = 0, byte1 = 0, byte2 = 0, byte3 = 0]: Uint8Array): number {
  return (byte0 * 2 ** 24 + byte1 * 2 ** 16 + byte2 * 2 ** 8 + byte3) / 2 ** 32;
}

/** The machine's cryptographic generator. */
export const systemRandom: Random = {
  bytes: take,
  fraction: () => fractionOf(take(4)),
};

/** A repeatable generator for tests and simulations (mulberry32); never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
    fraction: () => next() / 2 ** 32,
  };
}
