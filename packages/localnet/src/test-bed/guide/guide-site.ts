// Where guides are walked: what a reader's wallet is given, and how its address is known.
import type { Localnet } from "../../localnet.ts";
import type { Money } from "../../money/open-money.ts";
import type { WalkedBlock } from "./walk-guide.ts";

const ADDRESS = /[1-9A-HJ-NP-Za-km-z]{32,44}/;

/** Where a guide is walked. */
export interface GuideSite {
  readonly localnet: Localnet;
  /** Empty. */
  readonly folder: string;
  /** The folder of the packed packages. */
  readonly tarballs: string;
}

/** The network's chain; throws where it has none. */
export function moneyOf({ localnet }: GuideSite): Money {
  if (localnet.money === undefined) throw new Error("a guide needs a network with a chain");
  return localnet.money;
}

/** What a block said that begins with this command. */
export function outputOf(walked: readonly WalkedBlock[], command: string): string {
  const found = walked.find(({ block }) => block.text.startsWith(command));
  if (found === undefined) throw new Error(`the guide has no \`${command}\``);
  return found.output;
}

/** The wallet that the guide's reader made by exactly this command. */
export function walletOf(walked: readonly WalkedBlock[], command = "aimo wallet new"): string {
  const made = walked.find(({ block }) => block.text.split("\n")[0] === command);
  const [found] = ADDRESS.exec(made?.output ?? "") ?? [];
  if (found === undefined) throw new Error(`no address in what \`${command}\` printed: ${made?.output ?? ""}`);
  return found;
}
