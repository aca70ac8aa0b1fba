// Who calls: keys, their revocations and sessions on one ledger, built for the composition root.
import type { ConsoleKeys } from "./console-keys.ts";
import { createConsoleKeys } from "./console-keys.ts";
import type { IssuedKeys } from "./issued-keys.ts";
import { createIssuedKeys } from "./issued-keys.ts";
import { createKeyRegister } from "./key-register.ts";
import type { Keyring, KeyringRules } from "./keyring.ts";
import { createKeyring } from "./keyring.ts";
import type { RevocationDeps, Revocations } from "./revocations.ts";
import { openRevocations } from "./revocations.ts";
import type { Sessions, SessionsDeps } from "./sessions.ts";
import { createSessions } from "./sessions.ts";

/** What accounts need: a ledger, and whoever must hear of keys that have ended. */
export type AccountsDeps = SessionsDeps & Pick<RevocationDeps, "heed">;

/** The accounts of a running router. */
export interface Accounts {
  readonly keys: Keyring;
  readonly issuedKeys: IssuedKeys;
  readonly consoleKeys: ConsoleKeys;
  readonly revocations: Revocations;
  readonly sessions: Sessions;
  close(): void;
}

/** Opens the accounts; revocations are followed from here on, so before the first key is looked up. */
export async function openAccounts(deps: AccountsDeps, rules: KeyringRules): Promise<Accounts> {
  const { clock, random, log, database } = deps;
  const keys = createKeyring({ clock, register: createKeyRegister(database) }, rules);
  const heed: RevocationDeps["heed"] = (revoked) => {
    keys.revoke(revoked);
    deps.heed(revoked);
  };
  const revocations = await openRevocations({ database, clock, log, heed });
  const issuedKeys = createIssuedKeys({ database, clock, random, changed: (keyId) => keys.forget(keyId) });
  const sessions = createSessions({ clock, random, log, database });
  return {
    keys,
    issuedKeys,
    consoleKeys: createConsoleKeys(database, clock),
    revocations,
    sessions,
    close() {
      revocations.stop();
      sessions.close();
    },
  };
}
