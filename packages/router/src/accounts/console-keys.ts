// What a signed-in person asks for from the console: it is paid and counted by a key of the wallet's that nobody holds.
import { hash } from "node:crypto";
import { base58, hex } from "@scure/base";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Database } from "../ledger/database/database.ts";
import type { Caller } from "./caller.ts";
import type { AdmitNewcomer } from "./newcomers.ts";

/** The keys of consoles, one for each wallet that has used its. */
export interface ConsoleKeys {
  /**
   * The caller that a wallet's session is, until the session ends; `admit` is asked before one that was never seen gets its
   * row. Its id, limits and idempotency keys are one for all sessions of the wallet.
   */
  callerOf(wallet: string, expiresAtMs: number, admit: AdmitNewcomer): Promise<Caller>;
}

const NAME = "console";
const KEY_ID_BYTES = 16; // api-keys.md

const SEEN = "SELECT id, user_id FROM keys WHERE key_id = $1";
const ENTER = "SELECT id, user_id FROM key_register($1, $2, $3, false, NULL, $4, 'infinity')";

interface Row {
  readonly id: number;
  readonly user_id: number;
}

/** The id of a wallet's console; no signed or issued key has it, since theirs are hashes of other bytes. */
export function consoleKeyId(wallet: string): string {
  return hash("sha256", `aimo console of ${wallet}`, "buffer").toString("hex", 0, KEY_ID_BYTES);
}

/** Opens the consoles' keys of a router's ledger. */
export function createConsoleKeys({ query }: Pick<Database, "query">, clock: Pick<Clock, "now">): ConsoleKeys {
  const enter = async (id: Uint8Array, wallet: string, admit: AdmitNewcomer): Promise<Row> => {
    const [seen] = await query<Row>(SEEN, [id]);
    if (seen !== undefined) return seen;
    admit();
    const [entered] = await query<Row>(ENTER, [id, base58.decode(wallet), NAME, new Date(clock.now())]);
    if (entered === undefined) throw new AimoError("internal", {});
    return entered;
  };
  return {
    async callerOf(wallet, expiresAtMs, admit) {
      const id = consoleKeyId(wallet);
      const row = await enter(hex.decode(id), wallet, admit);
      return {
        id,
        kind: "console",
        wallet,
        scopes: ["completion_model"],
        isEarnOnly: false,
        expiresAtMs,
        allowedModels: undefined,
        keyNumber: row.id,
        userNumber: row.user_id,
      };
    },
  };
}
