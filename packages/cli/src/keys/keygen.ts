// `aimo keygen`: standard output is the key alone, so that `$(aimo keygen …)` is one.
import { keyId } from "@aimo-network/protocol/keys/key-id";
import { ANY_ROUTER } from "@aimo-network/protocol/keys/key-message";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { boundRouterId } from "./bound-router.ts";
import { readKeyWish } from "./key-wish.ts";
import { contentJson, rightsText, spendingText } from "./key-words.ts";

function warnUnbound({ terminal }: CommandContext): void {
  terminal.warn(
    `${terminal.noteStyle.doubtful("!")} This key is bound to no router: each that sees it could use it at another. --router <url|id> binds it.`,
  );
}

/** Makes a key that the wallet signs. */
export const keygen: RunCommand = async (context, { options }) => {
  const content = readKeyWish(options, context.clock.now());
  const { wallet, address } = await openWallet(context);
  const routerId = await boundRouterId(context);
  const key = await signKey(wallet, content, routerId ?? ANY_ROUTER);
  const id = await keyId(parseKey(key));
  const { terminal } = context;
  const until = new Date(content.createdAtMs + content.validForMs).toISOString().slice(0, 10);
  terminal.note(`Key ${id} of the wallet ${address}`);
  terminal.note(`  may ${rightsText(content)}; spends ${spendingText(content.spending)}; until ${until}`);
  if (routerId === undefined) warnUnbound(context);
  else terminal.note(`  at the router ${routerId} alone`);
  const data = { key, key_id: id, wallet: address, router: routerId ?? ANY_ROUTER, ...contentJson(content) };
  return { data, text: key };
};
