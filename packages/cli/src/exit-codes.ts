// How a command ends, for scripts: docs/user-guide.md lists them.

/** Every exit code there is, by what happened. */
export const EXIT_CODES = {
  /** What was asked for is done. */
  done: 0,
  /** It was looked at and found wrong, or something failed that has no code of its own. */
  failed: 1,
  /** The command line or a file that it names is at fault; nothing was tried. */
  usage: 2,
  /** A router, an upstream or a Solana node does not answer as one: try again, or correct the address. */
  unreachable: 3,
  /** The router or the program refused: the message has its reason. */
  refused: 4,
  /** A wallet or key is missing, unreadable or not the right one. */
  wallet: 5,
  /** Not enough SOL, USDC, balance or allowance. */
  funds: 6,
  /** A person said no, or could not be asked: nothing was signed. */
  declined: 7,
  /** A transaction was sent, and what became of it is not known yet: the message says how to look. */
  unsettled: 8,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** Why a command ends as it does. */
export type ExitReason = keyof typeof EXIT_CODES;
