// A signer in a process of its own, put together: its keys, its database, its nodes, its socket.
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { address } from "@solana/kit";
import type { Logger } from "pino";
import { createEndpoints } from "../chain/endpoints.ts";
import { recentPriorityFee } from "../chain/priority-fee.ts";
import { openDatabase } from "../ledger/database/database.ts";
import type { Database } from "../ledger/database/database.ts";
import type { ChainSource } from "./chain-view.ts";
import { viewChain } from "./chain-view.ts";
import { createSigner } from "./create-signer.ts";
import { SignerFault, readKeyFiles } from "./key-files.ts";
import type { LedgerRights } from "./ledger-view.ts";
import { viewRights } from "./ledger-view.ts";
import { DATABASE_CONNECTIONS_MAX } from "./limits.ts";
import { serveSigner } from "./serve-signer.ts";
import type { Signer } from "./signer.ts";
import type { SignerSettings } from "./signer-settings.ts";

/** What a signer's process gives it. */
export interface SignerProcessDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** A signer that runs. */
export interface SignerProcess extends Pick<Signer, "addresses"> {
  close(): Promise<void>;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : "something else";
}

/** Finds out now, and not with the first withdrawal, whether the ledger can be read. */
async function tryLedger(database: Database, log: Logger): Promise<void> {
  const expected = "AIMO_SIGNER_DATABASE_URL: expected a role that may read a router's ledger (docs/signer.md), found";
  let rights: LedgerRights;
  try {
    rights = await viewRights(database);
  } catch (error) {
    if (isAimoError(error)) return log.warn({ error }, "the ledger cannot be read yet");
    throw new SignerFault(`${expected} ${wordsOf(error)}.`, { cause: error });
  }
  const { unreadable, mayWrite } = rights;
  if (unreadable.length > 0) throw new SignerFault(`${expected} one that may not read ${unreadable.join(", ")}.`);
  if (mayWrite) log.warn({}, "the signer's role may write the ledger: give it one that only reads");
}

/** Looks whether the router is there and has these keys; what is not yet so may come to be. */
async function tryChain(source: ChainSource, addresses: Signer["addresses"], log: Logger): Promise<void> {
  try {
    const { roles } = (await viewChain(source, [])).router.data;
    const { settler, cosigner } = roles;
    const isOurs = settler === addresses.settler && cosigner === addresses.cosigner;
    if (!isOurs) log.warn({ settler, cosigner }, "the router on chain has other keys than this signer");
  } catch (error) {
    if (!isAimoError(error)) throw error;
    log.warn({ error, reason: error.message }, "the router cannot be read on chain yet");
  }
}

/** Starts a signer; throws `SignerFault` with what to mend. */
export async function startSigner(settings: SignerSettings, deps: SignerProcessDeps): Promise<SignerProcess> {
  const { clock, log } = deps;
  const keys = await readKeyFiles({ settler: settings.settlerKeyFile, cosigner: settings.cosignerKeyFile });
  const { any: rpc } = createEndpoints(settings.rpcUrls, deps);
  const place = await routerPlace({
    programAddress: address(settings.programId),
    routerId: address(settings.routerId),
  });
  const database = openDatabase(settings.databaseUrl, deps, { connectionsMax: DATABASE_CONNECTIONS_MAX });
  const { windowMax, sponsorMin, priorityFeeMax } = settings;
  const signer = createSigner(
    { clock, rpc, place, database, keys, priorityFee: (written) => recentPriorityFee(rpc, written, priorityFeeMax) },
    { windowMax, sponsorMin, priorityFeeMax },
  );
  try {
    await tryLedger(database, log);
    await tryChain({ clock, rpc, place }, signer.addresses, log);
    const server = await serveSigner({ clock, log, signer }, settings.socketPath);
    return {
      addresses: signer.addresses,
      async close() {
        await server.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
