// `aimo wallet show`.
import type { RunCommand } from "../command-spec.ts";
import { factsText } from "../terminal/table.ts";
import { openWallet } from "./open-wallet.ts";

/** Shows whose wallet signs here. */
export const showWallet: RunCommand = async (context) => {
  const { address, file } = await openWallet(context);
  const text = factsText([
    ["address", context.terminal.style.strong(address)],
    ["file", file],
  ]);
  return { data: { address, file }, text };
};
