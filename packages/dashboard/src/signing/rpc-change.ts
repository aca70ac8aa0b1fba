// Changing the Solana node: the page is loaded again, since what it may ask comes with it, and then the node is tried.
import { systemClock } from "@aimo-network/protocol/clock";
import { toast } from "sonner";
import { faultWords } from "../api/fault-words.ts";
import { chainFacts } from "./chain-facts.ts";
import { insistNetwork } from "./node-network.ts";
import { chooseRpcUrl, chosenRpcUrl, noteNodeUntried } from "./rpc-choice.ts";

/** Keeps the choice and loads the page again. */
export function chooseAndReload(url: string | undefined): void {
  chooseRpcUrl(url);
  noteNodeUntried(url !== undefined);
  location.reload();
}

/** After a change: tries the node, and goes back to the router's where it is of another chain or does not answer. */
export async function tryChosenNode(): Promise<void> {
  const url = chosenRpcUrl();
  noteNodeUntried(false);
  if (url === undefined) return;
  const { host } = new URL(url);
  try {
    const { network } = await chainFacts();
    await insistNetwork({ clock: systemClock, fetch: (...asked) => fetch(...asked) }, url, network);
    toast.success(`The Solana node at ${host} answers and is used from now on.`);
  } catch (error) {
    chooseRpcUrl(undefined);
    const { what, next } = faultWords(error);
    toast.error(what, {
      description: `${next ?? ""} The router’s own node is used as before.`.trim(),
      duration: Infinity,
    });
  }
}
