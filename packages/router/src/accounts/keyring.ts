// Who is calling: bearer keys, looked up once and remembered until they end, or for a moment where a router issued them.
import { hash } from "node:crypto";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { verifySignedKey } from "@aimo-network/protocol/keys/verify-key";
import { LRUCache } from "lru-cache";
import { ISSUED_KEY_CACHED_MS, KEYS_CACHED_MAX, REVOCATIONS_REMEMBERED_MAX } from "../limits.ts";
import type { Caller, Purpose } from "./caller.ts";
import { checkPurpose } from "./caller.ts";
import type { KeyRegister, RegisteredKey } from "./key-register.ts";
import type { AdmitNewcomer } from "./newcomers.ts";
import type { Revocation } from "./revocations.ts";

/** Tells the callers behind keys. */
export interface Keyring {
  /**
   * The caller of an `Authorization: Bearer …` or `x-api-key` value, allowed to do this; throws what to answer otherwise.
   * `admit` is asked before a key that was never seen is entered in the ledger.
   */
  authenticate(bearer: string | undefined, purpose: Purpose, admit?: AdmitNewcomer): Promise<Caller>;
  /** The caller whether or not its key was revoked or disabled: for what a key that has ended may still do. */
  identify(bearer: string | undefined, admit?: AdmitNewcomer): Promise<Caller>;
  /** These keys are refused from now on. */
  revoke(revocations: readonly Revocation[]): void;
  /** Whether the key was revoked while whoever asks was busy with it. */
  isRevoked(key: { readonly id: string; readonly wallet: string }): boolean;
  /** An issued key was changed: what it may do is looked up anew. */
  forget(keyId: string): void;
}

/** How a router treats keys. */
export interface KeyringRules {
  readonly routerId: string;
  /** Whether first-generation keys may spend: any router that saw one could replay it (api-keys.md). */
  readonly acceptV1Spending: boolean;
}

/** What a keyring needs of its surroundings. */
export interface KeyringDeps {
  readonly clock: Clock;
  readonly register: KeyRegister;
}

/** A key that was looked up. */
interface Known extends RegisteredKey {
  /** Until when, of the monotonic clock, what was read is taken for true. */
  readonly freshUntilMs: number;
}

function expired({ expiresAtMs }: Caller): AimoError {
  return new AimoError("key_expired", { expiredAt: new Date(expiresAtMs).toISOString() });
}

/** Looks a key up, wherever what is true of it stands. */
function createLookUp({ clock, register }: KeyringDeps, { routerId }: KeyringRules) {
  return async (bearer: string, admit: AdmitNewcomer | undefined): Promise<Known> => {
    const startedMs = clock.monotonic(); // what is read may be as old as that
    const key = parseKey(bearer);
    if (key.kind === "issued") {
      const found = await register.find(hash("sha256", key.bytes, "buffer"));
      return { ...found, freshUntilMs: startedMs + ISSUED_KEY_CACHED_MS };
    }
    const entered = await register.enter(await verifySignedKey(key, { routerId, nowMs: clock.now() }), admit);
    return { ...entered, freshUntilMs: Infinity };
  };
}

/** The revocations that came last: those that a look-up may have missed which began before them. */
function createLastRevocations(): Pick<Keyring, "revoke" | "isRevoked"> & {
  faultOf(caller: Caller): RegisteredKey["fault"];
} {
  const last = new LRUCache<string, Revocation>({ max: REVOCATIONS_REMEMBERED_MAX });
  const nameOf = (keyId: string, wallet: string): string => `${keyId} ${wallet}`;
  const faultOf = ({ id, wallet }: { id: string; wallet: string }): RegisteredKey["fault"] => {
    const revoked = last.get(nameOf(id, wallet));
    if (revoked === undefined) return undefined;
    return () => new AimoError("key_revoked", { revokedAt: new Date(revoked.revokedAtMs).toISOString() });
  };
  return {
    revoke: (revocations) => {
      for (const revocation of revocations) last.set(nameOf(revocation.keyId, revocation.wallet), revocation);
    },
    isRevoked: (key) => faultOf(key) !== undefined,
    faultOf,
  };
}

/** Creates the router's keyring; it remembers `cachedMax` keys. */
export function createKeyring(deps: KeyringDeps, rules: KeyringRules, cachedMax: number = KEYS_CACHED_MAX): Keyring {
  const { clock } = deps;
  const known = new LRUCache<string, Known>({ max: cachedMax });
  const underWay = new Map<string, Promise<Known>>();
  const lookUp = createLookUp(deps, rules);
  const lastRevocations = createLastRevocations();

  const look = async (digest: string, bearer: string, admit: AdmitNewcomer | undefined): Promise<Known> => {
    try {
      const found = await lookUp(bearer, admit);
      const key = { ...found, fault: found.fault ?? lastRevocations.faultOf(found.caller) };
      known.set(digest, key);
      return key;
    } finally {
      underWay.delete(digest);
    }
  };
  /** One look-up serves everybody who comes with the key meanwhile. */
  const lookOnce = (digest: string, bearer: string, admit: AdmitNewcomer | undefined): Promise<Known> => {
    let looking = underWay.get(digest);
    if (looking === undefined) {
      looking = look(digest, bearer, admit);
      underWay.set(digest, looking);
    }
    return looking;
  };
  /** What is remembered, as of nearly every key, or a look-up. */
  const find = (bearer: string | undefined, admit?: AdmitNewcomer): Known | Promise<Known> => {
    if (bearer === undefined || bearer === "") throw new AimoError("missing_key", {});
    const digest = hash("sha256", bearer, "base64");
    const remembered = known.get(digest);
    const isFresh = remembered !== undefined && clock.monotonic() < remembered.freshUntilMs;
    return isFresh ? remembered : lookOnce(digest, bearer, admit);
  };
  const unexpired = (key: Known): Known => {
    if (clock.now() >= key.caller.expiresAtMs) throw key.fault?.() ?? expired(key.caller);
    return key;
  };
  const forgetWhere = (isMeant: (caller: Caller) => boolean): void => {
    for (const [digest, { caller }] of known.entries()) if (isMeant(caller)) known.delete(digest);
  };

  return {
    async authenticate(bearer, purpose, admit) {
      const found = find(bearer, admit);
      const { caller, fault } = unexpired(found instanceof Promise ? await found : found);
      if (fault !== undefined) throw fault();
      checkPurpose(caller, purpose, rules.acceptV1Spending);
      return caller;
    },
    identify: async (bearer, admit) => unexpired(await find(bearer, admit)).caller,
    revoke(revocations) {
      lastRevocations.revoke(revocations);
      const ids = new Set(revocations.map(({ keyId }) => keyId));
      forgetWhere(({ id }) => ids.has(id));
    },
    isRevoked: lastRevocations.isRevoked,
    forget: (keyId) => forgetWhere(({ id }) => id === keyId),
  };
}
