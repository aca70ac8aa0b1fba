// The runner of this page's acts, joined with its wallet, its router and its corner for toasts.
import { systemClock } from "@aimo-network/protocol/clock";
import { toast } from "sonner";
import { answerOf, routerApi } from "../api/router-api.ts";
import { faultWords } from "../api/fault-words.ts";
import { signTransaction } from "../wallets/connected-wallet.ts";
import { ActRun } from "./act-run.ts";
import type { Landed } from "./act.ts";
import { noteSignedFor } from "./chain-facts.ts";
import { loadChain } from "./chain-place.ts";
import type { RouterWord } from "./land-signed.ts";
import { signingPart } from "./signing-part.ts";

let told = 0;

/** The place of a toast: one for what goes on and what becomes of it, and another for the next act. */
function toastId(isLast: boolean): string {
  const id = `aimo-act-${told}`;
  if (isLast) told += 1;
  return id;
}

function explorerAction({ explorerUrl }: Landed): object {
  if (explorerUrl === undefined) return {};
  const look = (): void => void open(explorerUrl, "_blank", "noopener,noreferrer");
  return { action: { label: "Explorer", onClick: look } };
}

async function askRouter(signature: string): Promise<RouterWord | undefined> {
  try {
    const params = { path: { signature } };
    return (await answerOf(routerApi.GET("/api/v1/account/transactions/{signature}", { params }))).data;
  } catch {
    return undefined; // the node knows as well
  }
}

/** The one runner of the page. */
export const actRun = new ActRun({
  clock: systemClock,
  loadChain,
  prepare: async (act, chain) => {
    const { prepareAct } = await import("./prepare-act.ts");
    return await prepareAct(act, chain, { clock: systemClock, askRouter, noteLanded: noteSignedFor, signTransaction });
  },
  teller: {
    goesOn: (title) => toast.loading(`${title}: on its way`, { id: toastId(false) }),
    landed: (title, landed) => toast.success(`${title}: confirmed`, { id: toastId(true), ...explorerAction(landed) }),
    failed: (title, fault) => {
      const { what, next } = faultWords(fault);
      toast.error(`${title}: ${what}`, {
        id: toastId(true),
        duration: Infinity,
        ...(next !== undefined && { description: next }),
      });
    },
  },
});

signingPart.want();
