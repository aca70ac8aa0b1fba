// Connecting a wallet and signing in with it, from the button to the word that it is done.
import { toast } from "sonner";
import { shortAddress } from "../ui/short-address.ts";
import { connectFlow } from "./connect-desk.ts";

/** Asks the person for a wallet and signs in with it. */
export async function connect(): Promise<void> {
  const linked = await connectFlow.request({ kind: "sign_in" });
  if (linked !== undefined) toast.success(`Signed in as ${shortAddress(linked.account.address)}.`);
}
