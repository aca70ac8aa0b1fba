// A small chain: what the escrow program does to the numbers of its accounts, slot by slot, and nothing else of it. In micro-USDC.

/** A user's escrow. */
export interface ChainEscrow {
  readonly openedSlot: bigint;
  balance: bigint;
  deposited: bigint;
  settled: bigint;
  withdrawn: bigint;
  settleSeq: bigint;
  withdrawSeq: bigint;
  allowance: bigint;
  isExiting: boolean;
}

/** A provider's account. */
export interface ChainProvider {
  earned: bigint;
  withdrawn: bigint;
  withdrawSeq: bigint;
}

/** All accounts at a slot; users and providers are named by their places. */
export interface ChainState {
  slot: bigint;
  feeBps: bigint;
  feeAccrued: bigint;
  readonly escrows: (ChainEscrow | undefined)[];
  readonly providers: ChainProvider[];
}

/** An entry as a transaction carries it: the program does not know when its escrow was opened. */
export interface ChainEntry {
  readonly user: number;
  readonly provider: number;
  readonly amount: bigint;
  readonly seq: bigint;
}

/** What a transaction logs for an entry. */
export type EntryLog = { readonly applied: bigint; readonly fee: bigint } | "noop";

/** What a withdrawal is bound to. */
export interface ChainWithdrawal {
  readonly amount: bigint;
  readonly openedSlot: bigint;
  readonly withdrawSeq: bigint;
}

const BPS = 10_000n;

const least = (...amounts: readonly bigint[]): bigint => amounts.reduce((low, amount) => (amount < low ? amount : low));

/** A chain with so many users and providers, and every slot it has had. */
export class SmallChain {
  readonly #past: ChainState[] = [];
  state: ChainState;

  constructor(users: number, providers: number, feeBps: bigint) {
    const fresh = (): ChainProvider => ({ earned: 0n, withdrawn: 0n, withdrawSeq: 0n });
    this.state = {
      slot: 100n,
      feeBps,
      feeAccrued: 0n,
      escrows: Array.from({ length: users }, () => undefined),
      providers: Array.from({ length: providers }, fresh),
    };
  }

  /** The next slot begins; the one before is remembered. */
  #next(): ChainState {
    this.#past.push(structuredClone(this.state));
    this.state.slot += 1n;
    return this.state;
  }

  /** The state so many slots ago. */
  ago(slots: number): ChainState {
    return slots === 0 ? structuredClone(this.state) : (this.#past.at(-slots) ?? structuredClone(this.state));
  }

  /** The fee of everything that was settled since a slot, up to another; undefined where it has changed. */
  feeBetween(from: bigint, to: bigint): bigint | undefined {
    const seen = [...this.#past, this.state].filter(({ slot }) => slot >= from && slot <= to);
    const fees = new Set(seen.map(({ feeBps }) => feeBps));
    return fees.size === 1 ? [...fees][0] : undefined;
  }

  /** What is in the vault. */
  get vault(): bigint {
    const { escrows, providers, feeAccrued } = this.state;
    const balances = escrows.reduce((sum, escrow) => sum + (escrow?.balance ?? 0n), 0n);
    return providers.reduce((sum, { earned, withdrawn }) => sum + earned - withdrawn, balances + feeAccrued);
  }

  deposit(user: number, amount: bigint, allowance: bigint): boolean {
    if (this.state.escrows[user]?.isExiting === true) return false;
    const { escrows, slot } = this.#next();
    const empty = { balance: 0n, deposited: 0n, settled: 0n, withdrawn: 0n, settleSeq: 0n, withdrawSeq: 0n };
    const escrow = escrows[user] ?? { ...empty, openedSlot: slot, allowance, isExiting: false };
    escrows[user] = escrow;
    escrow.balance += amount;
    escrow.deposited += amount;
    return true;
  }

  allow(user: number, allowance: bigint): boolean {
    return this.#ofUser(user, (escrow) => void (escrow.allowance = allowance));
  }

  requestExit(user: number): boolean {
    return this.#ofUser(user, (escrow) => void (escrow.isExiting = true));
  }

  finalizeExit(user: number): boolean {
    if (this.state.escrows[user]?.isExiting !== true) return false;
    return this.#ofUser(user, (escrow) => {
      escrow.withdrawn += escrow.balance;
      escrow.balance = 0n;
      escrow.isExiting = false;
    });
  }

  close(user: number): boolean {
    const escrow = this.state.escrows[user];
    if (escrow === undefined || escrow.balance > 0n || escrow.isExiting) return false;
    this.#next().escrows[user] = undefined;
    return true;
  }

  /** A batch: what it logs, or undefined where a number is missing before one of its entries. */
  settle(entries: readonly ChainEntry[]): EntryLog[] | undefined {
    const before = structuredClone(this.state);
    const { escrows, providers, feeBps } = this.#next();
    const logs: EntryLog[] = [];
    for (const { user, provider, amount, seq } of entries) {
      const escrow = escrows[user];
      const earning = providers[provider];
      if (escrow === undefined || earning === undefined) {
        logs.push({ applied: 0n, fee: 0n });
      } else if (seq <= escrow.settleSeq) {
        logs.push("noop");
      } else if (seq > escrow.settleSeq + 1n) {
        this.state = { ...before, slot: before.slot + 1n };
        return undefined;
      } else {
        const left = escrow.allowance > escrow.settled ? escrow.allowance - escrow.settled : 0n;
        const applied = least(amount, escrow.balance, left);
        const fee = (applied * feeBps) / BPS;
        escrow.settleSeq = seq;
        escrow.balance -= applied;
        escrow.settled += applied;
        earning.earned += applied - fee;
        this.state.feeAccrued += fee;
        logs.push({ applied, fee });
      }
    }
    return logs;
  }

  withdrawUser(user: number, { amount, openedSlot, withdrawSeq }: ChainWithdrawal): boolean {
    const escrow = this.state.escrows[user];
    if (escrow?.openedSlot !== openedSlot || escrow.withdrawSeq !== withdrawSeq) return false;
    if (escrow.isExiting || escrow.balance < amount) return false;
    return this.#ofUser(user, (own) => {
      own.balance -= amount;
      own.withdrawn += amount;
      own.withdrawSeq += 1n;
    });
  }

  withdrawProvider(provider: number, { amount, withdrawSeq }: Omit<ChainWithdrawal, "openedSlot">): boolean {
    if (this.state.providers[provider]?.withdrawSeq !== withdrawSeq) return false;
    if (!this.exitProvider(provider, amount)) return false;
    const account = this.state.providers[provider];
    account.withdrawSeq += 1n;
    return true;
  }

  exitProvider(provider: number, amount: bigint): boolean {
    const account = this.state.providers[provider];
    if (account === undefined || account.earned - account.withdrawn < amount) return false;
    const own = this.#next().providers[provider];
    if (own !== undefined) own.withdrawn += amount;
    return true;
  }

  collectFees(amount: bigint): boolean {
    if (this.state.feeAccrued < amount) return false;
    this.#next().feeAccrued -= amount;
    return true;
  }

  setFee(feeBps: bigint): void {
    this.#next().feeBps = feeBps;
  }

  #ofUser(user: number, change: (escrow: ChainEscrow) => void): boolean {
    if (this.state.escrows[user] === undefined) return false;
    const escrow = this.#next().escrows[user];
    if (escrow !== undefined) change(escrow);
    return true;
  }
}
