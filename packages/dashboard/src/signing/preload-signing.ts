// What signing needs is loaded with the page that may need it: when somebody signs, the router that has it may be gone.

/** Loads it, once; what cannot be loaded now is tried again when somebody signs. */
export async function preloadSigning(): Promise<void> {
  await Promise.allSettled([import("./prepare-act.ts"), import("./signing-window.tsx"), import("./open-chain.ts")]);
}
