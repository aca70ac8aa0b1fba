// The signer that a router's settings name: its keys in files, in this process, or a process of its own.
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Endpoints } from "../chain/endpoints.ts";
import { recentPriorityFee } from "../chain/priority-fee.ts";
import type { Database } from "../ledger/database/database.ts";
import { connectSigner } from "./connect-signer.ts";
import { createSigner } from "./create-signer.ts";
import type { KeyFiles } from "./key-files.ts";
import { SignerFault, readKeyFiles } from "./key-files.ts";
import type { Signer } from "./signer.ts";

/** Where the keys are. */
export type SignerPlace =
  | (KeyFiles & { readonly kind: "files" })
  | { readonly kind: "process"; readonly socket: string };

/** Which signer, and what one in this process is bound by. */
export interface SignerChoice {
  readonly signer: SignerPlace;
  /** What is settled in a window at most; left out, what the program allows. */
  readonly windowMax?: MicroUsdc | undefined;
  readonly sponsorMin: MicroUsdc;
  readonly priorityFeeMax: bigint;
}

/** What it needs of the router. */
export interface OpenSignerDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, "transaction">;
  readonly link: { readonly endpoints: Pick<Endpoints, "any">; readonly router: RouterPlace };
}

async function connected(socket: string, clock: Clock): Promise<Signer> {
  try {
    return await connectSigner(socket, { clock });
  } catch (cause) {
    if (!isAimoError(cause, "signing_refused")) throw cause;
    const { expected, found } = cause.context;
    const advice = "start it first (`aimo-router signer`), or name its socket";
    throw new SignerFault(`AIMO_SIGNER_SOCKET: expected ${expected}, found ${found}: ${advice}.`, { cause });
  }
}

/** Opens it; throws `SignerFault` with what to mend. */
export async function openSigner(choice: SignerChoice, { clock, database, link }: OpenSignerDeps): Promise<Signer> {
  const { signer, windowMax, sponsorMin, priorityFeeMax } = choice;
  if (signer.kind === "process") return await connected(signer.socket, clock);
  const keys = await readKeyFiles(signer);
  const rpc = link.endpoints.any;
  return createSigner(
    {
      clock,
      rpc,
      place: link.router,
      database,
      keys,
      priorityFee: (written) => recentPriorityFee(rpc, written, priorityFeeMax),
    },
    { windowMax, sponsorMin, priorityFeeMax },
  );
}
