// What the ledger should do, as plainly as it can be said: a few maps of amounts, for tests that compare the real one with it.

/** One thing that is done to the books; wallets, keys and locks are named by their places in the model's lists. */
export type Operation =
  | { readonly do: "deposit"; readonly user: number; readonly total: bigint }
  | {
      readonly do: "lock";
      readonly key: number;
      readonly full: bigint;
      readonly least: bigint;
      readonly isShort: boolean;
    }
  | { readonly do: "lock again"; readonly lock: number }
  | {
      readonly do: "charge" | "release" | "show";
      readonly lock: number;
      readonly amount: bigint;
      readonly provider: number;
    }
  | { readonly do: "expire"; readonly afterMs: number }
  | {
      readonly do: "settle";
      readonly user: number;
      readonly provider: number;
      readonly applied: bigint;
      readonly fee: bigint;
      readonly shortfall: bigint;
    }
  | {
      readonly do: "withdraw";
      readonly party: "user" | "provider";
      readonly step: "request" | "confirm" | "expire";
      readonly wallet: number;
      readonly amount: bigint;
    }
  | { readonly do: "exit"; readonly party: "user" | "provider"; readonly wallet: number }
  | { readonly do: "collect fees"; readonly amount: bigint }
  | { readonly do: "allow"; readonly user: number; readonly allowance: bigint | null; readonly isExiting: boolean }
  | { readonly do: "pause"; readonly isPaused: boolean };

/** One user as the model knows it; `payable` by provider. */
export interface ModelUser {
  available: bigint;
  locked: bigint;
  withdrawing: bigint;
  payable: Map<number, bigint>;
  deposited: bigint;
  settled: bigint;
  allowance: bigint | null;
  isExiting: boolean;
}

/** A key and the window it counts in, in days since 1970; 0 where its limit never resets. */
export interface ModelKey {
  readonly user: number;
  readonly parent: number | undefined;
  readonly limit: bigint;
  readonly isDaily: boolean;
  spent: bigint;
  window: number;
}

/** A lock as it was asked for and as it is. */
export interface ModelLock {
  readonly id: string;
  readonly key: number;
  readonly ceiling: bigint;
  readonly window: number;
  readonly deadlineMs: number;
  provider: number;
  state: "o" | "c" | "r" | "x";
  charged: bigint | undefined;
}

/** The whole of it; `structuredClone` copies it. */
export interface Model {
  readonly users: ModelUser[];
  readonly providers: { claimable: bigint; withdrawing: bigint }[];
  readonly keys: ModelKey[];
  readonly locks: ModelLock[];
  vault: bigint;
  fees: bigint;
  isPaused: boolean;
  nowMs: number;
}

const DAY_MS = 86_400_000;
const SHORT_MS = 500;
const LONG_MS = 100 * DAY_MS;

const least = (...amounts: readonly bigint[]): bigint => amounts.reduce((low, amount) => (amount < low ? amount : low));
const at = <Item>(items: readonly Item[], index: number): Item => items[index] as Item;

/** What a user owes all providers together. */
export function owedBy({ payable }: Pick<ModelUser, "payable">): bigint {
  return [...payable.values()].reduce((total, amount) => total + amount, 0n);
}

/** When a lock of this kind expires. */
export function deadlineOf(nowMs: number, isShort: boolean): number {
  return nowMs + (isShort ? SHORT_MS : LONG_MS);
}

function owe(user: ModelUser, provider: number, amount: bigint): void {
  if (amount > 0n) user.payable.set(provider, (user.payable.get(provider) ?? 0n) + amount);
}

function windowOf(model: Model, key: ModelKey): number {
  return key.isDaily ? Math.floor(model.nowMs / DAY_MS) : 0;
}

function lockable(user: ModelUser): bigint {
  const { available, locked, settled, allowance, isExiting } = user;
  if (isExiting) return 0n;
  const allowed = allowance === null ? available : least(available, allowance - settled - owedBy(user) - locked);
  return allowed < 0n ? 0n : allowed;
}

function family(model: Model, key: number): ModelKey[] {
  const own = at(model.keys, key);
  return own.parent === undefined ? [own] : [own, at(model.keys, own.parent)];
}

function keyLeft(model: Model, key: number): bigint {
  const lefts = family(model, key).map((one) => one.limit - (one.window === windowOf(model, one) ? one.spent : 0n));
  return least(...lefts.map((left) => (left < 0n ? 0n : left)));
}

function spend(model: Model, key: number, amount: bigint): void {
  for (const one of family(model, key)) {
    const now = windowOf(model, one);
    one.spent = amount + (one.window === now ? one.spent : 0n);
    one.window = now;
  }
}

function giveBack(model: Model, lock: ModelLock, charged: bigint): void {
  const [own, parent] = family(model, lock.key);
  const user = at(model.users, own?.user ?? 0);
  user.locked -= lock.ceiling;
  user.available += lock.ceiling - charged;
  owe(user, lock.provider, charged);
  if (own?.window === lock.window) own.spent -= lock.ceiling - charged;
  if (parent !== undefined) parent.spent -= lock.ceiling - charged;
}

function expire(model: Model, isDue: (lock: ModelLock) => boolean): number {
  const due = model.locks.filter((lock) => lock.state === "o" && isDue(lock));
  for (const lock of due) {
    giveBack(model, lock, 0n);
    lock.state = "x";
  }
  return due.length;
}

function take(model: Model, id: string, operation: Extract<Operation, { do: "lock" }>): unknown {
  const { key, full, least: atLeast, isShort } = operation;
  const user = at(model.users, at(model.keys, key).user);
  if (full > 0n && model.isPaused) return "refused";
  const granted = least(full, full === 0n ? 0n : lockable(user), keyLeft(model, key));
  if (granted < atLeast) return "refused";
  user.available -= granted;
  user.locked += granted;
  spend(model, key, granted);
  const window = at(model.keys, key).window;
  const deadlineMs = deadlineOf(model.nowMs, isShort);
  model.locks.push({ id, key, ceiling: granted, window, deadlineMs, provider: 0, state: "o", charged: undefined });
  return granted;
}

function charge(model: Model, operation: Extract<Operation, { lock: number; amount: bigint }>): unknown {
  const found = at(model.locks, operation.lock);
  const { provider } = operation;
  const isCharge = operation.do === "charge";
  const owed = least(operation.amount, found.ceiling);
  const answer = (outcome: string, cost = found.charged ?? 0n): unknown => [outcome, isCharge ? cost : 0n];
  if (found.state === "o") {
    Object.assign(found, { provider, state: isCharge ? "c" : "r", ...(isCharge && { charged: owed }) });
    giveBack(model, found, isCharge ? owed : 0n);
    return answer("posted", owed);
  }
  if (found.state === "r") return answer(isCharge ? "conflict" : "repeated");
  if (found.charged !== undefined) {
    const isSame = isCharge && found.provider === provider && (found.charged === owed || found.state === "x");
    return answer(isSame ? "repeated" : "conflict");
  }
  if (!isCharge) return answer("repeated");
  const user = at(model.users, at(model.keys, found.key).user);
  const taken = least(owed, lockable(user), keyLeft(model, found.key));
  Object.assign(found, { charged: taken, provider });
  user.available -= taken;
  owe(user, provider, taken);
  if (taken > 0n) spend(model, found.key, taken);
  return answer("late", taken);
}

function settle(model: Model, operation: Extract<Operation, { do: "settle" }>): unknown {
  const { provider, applied, fee, shortfall } = operation;
  const user = at(model.users, operation.user);
  const owed = user.payable.get(provider);
  if (owed === undefined || applied + shortfall > owed || fee > applied) return "refused";
  user.payable.set(provider, owed - applied - shortfall);
  user.settled += applied;
  user.available += shortfall;
  at(model.providers, provider).claimable += applied - fee;
  model.fees += fee;
  return "done";
}

function withdraw(model: Model, { party, step, wallet, amount }: Extract<Operation, { do: "withdraw" }>): unknown {
  const user = at(model.users, wallet);
  const provider = at(model.providers, wallet);
  const holder = party === "user" ? user : provider;
  const free = party === "user" ? user.available : provider.claimable;
  if (step === "request" ? free < amount : holder.withdrawing < amount) return false;
  holder.withdrawing += step === "request" ? amount : -amount;
  const back = step === "request" ? -amount : step === "expire" ? amount : 0n;
  if (party === "user") user.available += back;
  else provider.claimable += back;
  if (step === "confirm") model.vault -= amount;
  return true;
}

function exit(model: Model, { party, wallet }: Extract<Operation, { do: "exit" }>): unknown {
  if (party === "provider") {
    const provider = at(model.providers, wallet);
    model.vault -= provider.claimable + provider.withdrawing;
    Object.assign(provider, { claimable: 0n, withdrawing: 0n });
    return "done";
  }
  const user = at(model.users, wallet);
  expire(model, ({ key }) => at(model.keys, key).user === wallet);
  model.vault -= user.available + user.withdrawing + owedBy(user);
  const payable = new Map([...user.payable.keys()].map((provider) => [provider, 0n]));
  Object.assign(user, { available: 0n, withdrawing: 0n, payable, settled: 0n, isExiting: false });
  return "done";
}

/** Does one thing to the model and gives what the ledger should answer; `id` is that of the lock, where one is made. */
export function apply(model: Model, operation: Operation, id: string): unknown {
  switch (operation.do) {
    case "deposit": {
      const user = at(model.users, operation.user);
      const more = operation.total > user.deposited ? operation.total - user.deposited : 0n;
      user.deposited += more;
      user.available += more;
      model.vault += more;
      return more;
    }
    case "lock":
      return take(model, id, operation);
    case "lock again": {
      const { state, ceiling } = at(model.locks, operation.lock);
      return state === "o" ? ceiling : "error";
    }
    case "charge":
    case "release":
    case "show":
      return charge(model, operation);
    case "expire":
      model.nowMs += operation.afterMs;
      return expire(model, ({ deadlineMs }) => deadlineMs <= model.nowMs);
    case "settle":
      return settle(model, operation);
    case "withdraw":
      return withdraw(model, operation);
    case "exit":
      return exit(model, operation);
    case "collect fees":
      if (operation.amount > model.fees) return "refused";
      model.fees -= operation.amount;
      model.vault -= operation.amount;
      return "done";
    case "allow":
      at(model.users, operation.user).allowance = operation.allowance;
      at(model.users, operation.user).isExiting = operation.isExiting;
      return "done";
    case "pause":
      model.isPaused = operation.isPaused;
      return "done";
  }
}
