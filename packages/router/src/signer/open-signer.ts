// The signer that a router's settings name: its keys in files, in this process, or a process of its own.
import { readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { Clock } from "@aimo-network/protocol/clock";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Endpoints } from "../chain/endpoints.ts";
import { recentPriorityFee } from "../chain/priority-fee.ts";
import type { Database } from "../ledger/database/database.ts";
import { createSigner } from "./create-signer.ts";
import type { Signer } from "./signer.ts";

/** Where the keys are. */
export type SignerPlace =
  | { readonly kind: "files"; readonly settler: string; readonly cosigner: string }
  | { readonly kind: "process"; readonly socket: string };

/** What a signer in this process is bound by. */
export interface SignerSettings {
  readonly signer: SignerPlace;
  readonly sponsorMin: MicroUsdc;
  readonly priorityFeeMax: bigint;
}

/** What it needs of the router. */
export interface OpenSignerDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, "transaction">;
  readonly link: { readonly endpoints: Pick<Endpoints, "any">; readonly router: RouterPlace };
}

/** Opens it. */
export async function openSigner(settings: SignerSettings, { clock, database, link }: OpenSignerDeps): Promise<Signer> {
  const { signer, sponsorMin, priorityFeeMax } = settings;
  if (signer.kind === "process") throw new Error("not here yet");
  const keys = { settler: await readKeyFile(signer.settler), cosigner: await readKeyFile(signer.cosigner) };
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
    { windowMax: undefined, sponsorMin, priorityFeeMax },
  );
}
