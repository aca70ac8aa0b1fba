// `aimo keys revoke`: the wallet's word, by which a key ends for good.
import { base58 } from "@scure/base";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { revocationMessage } from "@aimo-network/protocol/keys/key-message";
import type { CommandInput, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { REVOKED_AT_ONCE_MAX } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { findRouter } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { expected } from "./option-words.ts";

const PATH = "/api/v1/keys/revoke";
const KEY_ID = /^[0-9a-f]{32}$/;
const RevokedShape = Type.Object({ key_id: Type.String(), revoked_at: Type.String({ format: "date-time" }) });

function readIds(words: CommandInput["arguments"]): readonly string[] {
  const ids = [...new Set(words.map((word) => word.toLowerCase()))];
  const wrong = ids.find((id) => !KEY_ID.test(id));
  const what = "ids of 32 hexadecimal digits, which `aimo keys inspect` and `aimo keys list` say";
  if (wrong !== undefined) throw expected("key ids", what, wrong);
  if (ids.length > REVOKED_AT_ONCE_MAX) {
    throw expected("key ids", `at most ${REVOKED_AT_ONCE_MAX} at once`, `${ids.length}`);
  }
  return ids;
}

async function insistOnYes({ terminal, options }: CommandContext, count: number): Promise<void> {
  if (options.isConfirmed) return;
  const what = count === 1 ? "this key" : `these ${count} keys`;
  if (await terminal.confirm(`End ${what} for good? Running requests finish.`)) return;
  throw new CommandFault({
    what: "Nothing was revoked.",
    ...(terminal.isInteractive
      ? {}
      : { why: "nobody can be asked here: this is no terminal.", next: "Add --yes to revoke without asking." }),
    reason: "declined",
  });
}

async function revoke(
  { clock }: CommandContext,
  { client, id: routerId }: Router,
  { wallet, address }: CommandWallet,
  keyId: string,
): Promise<{ readonly key_id: string; readonly revoked_at: string }> {
  const dateMs = clock.now();
  const message = revocationMessage({ keyId, routerId, dateMs });
  const body = {
    key_id: keyId,
    wallet: address,
    date: new Date(dateMs).toISOString(),
    signature: base58.encode(await wallet.sign(new TextEncoder().encode(message))),
  };
  const answer = await client.call(PATH, { body, what: `The key ${keyId} was not revoked.` });
  if (!Value.Check(RevokedShape, answer) || answer.key_id !== keyId) throw strangeAnswer(client.url, PATH);
  return { key_id: keyId, revoked_at: new Date(answer.revoked_at).toISOString() };
}

/** Ends keys of the wallet. */
export const revokeKeys: RunCommand = async (context, input) => {
  const ids = readIds(input.arguments);
  const wallet = await openWallet(context);
  const router = await findRouter(context);
  const { terminal } = context;
  terminal.note(`To be signed by ${wallet.address}, for the router ${router.id}:`);
  for (const id of ids) terminal.note(`  revoke the API key ${id}`);
  await insistOnYes(context, ids.length);
  const revoked: object[] = [];
  for (const id of ids) revoked.push(await revoke(context, router, wallet, id));
  terminal.note("A key that is bound to no router stays good at others: revoke it there too.");
  const text = ids.map((id) => `${id} revoked`).join("\n");
  return { data: { router: router.id, wallet: wallet.address, revoked }, text };
};
