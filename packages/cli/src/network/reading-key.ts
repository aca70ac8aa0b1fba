// The key that a command reads with: the one that is given, else one that the wallet signs for it.
import type { Scope } from "@aimo-network/protocol/keys/key-content";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { variable } from "../settings/environment.ts";
import type { Router } from "./find-router.ts";

/** A key, and whose it is; a router alone knows that of keys that it has issued. */
export interface ReadingAccess {
  readonly bearer: string;
  readonly wallet: string | undefined;
}

interface GivenKey {
  readonly wallet: string | undefined;
  readonly may: (scope: Scope) => boolean;
}

const BEARER = /^[\x21-\x7E]+$/; // what a header may hold

function noKey(why: string, cause?: unknown): CommandFault {
  return new CommandFault(
    {
      what: "AIMO_API_KEY is no key.",
      why,
      next: "Set it to what `aimo keygen` prints, or unset it: the wallet signs a key then.",
      reason: "wallet",
      code: "malformed_key",
    },
    { cause },
  );
}

async function readGiven(text: string): Promise<GivenKey> {
  const [{ base58 }, { isAimoError }, { parseKey }] = await Promise.all([
    import("@scure/base"),
    import("@aimo-network/protocol/errors"),
    import("@aimo-network/protocol/keys/key-text"),
  ]);
  try {
    const key = parseKey(text);
    if (key.kind === "issued") return { wallet: undefined, may: () => true };
    return { wallet: base58.encode(key.signer), may: (scope) => key.scopes.includes(scope) };
  } catch (error) {
    throw isAimoError(error, "malformed_key") ? noKey(error.context.detail, error) : error;
  }
}

async function signedByWallet(context: CommandContext, router: Router): Promise<Required<ReadingAccess>> {
  const [{ openWallet }, { ownKey }] = await Promise.all([import("../wallet/open-wallet.ts"), import("./own-key.ts")]);
  const wallet = await openWallet(context);
  const wish = { scopes: ["account", "completion_model"], isEarnOnly: true } as const;
  return { bearer: await ownKey(context, router.id, wallet, wish), wallet: wallet.address };
}

/** AIMO_API_KEY as a header may hold it; undefined where it is not set. Throws `CommandFault` for what is no key. */
function givenKey({ environment }: Pick<CommandContext, "environment">): string | undefined {
  const text = variable(environment, "AIMO_API_KEY")?.trim();
  if (text === undefined || BEARER.test(text)) return text;
  throw noKey("a key has no spaces and only plain letters, digits and signs.");
}

/** A key with this scope, which spends nothing where the wallet signs it: `--id`, else AIMO_API_KEY, else the usual wallet. Throws `CommandFault`. */
export async function readingAccess(
  context: CommandContext,
  router: Router,
  scope: Scope = "account",
): Promise<ReadingAccess> {
  const text = givenKey(context);
  if (text === undefined || context.options.walletFile !== undefined) return await signedByWallet(context, router);
  const given = await readGiven(text);
  if (given.may(scope)) return { bearer: text, wallet: given.wallet };
  const own = await signedByWallet(context, router).catch((error: unknown) => {
    if (!(error instanceof CommandFault)) throw error;
    return undefined; // no wallet here: the key is all there is
  });
  if (own !== undefined && own.wallet === given.wallet) return own; // such a key is for calling models, and this its wallet
  throw new CommandFault({
    what: `AIMO_API_KEY may not read what is asked: it has not the scope \`${scope}\`.`,
    why:
      own === undefined ? "and there is no wallet here that could sign one." : "and the wallet here is not the key's.",
    next: `Name the wallet with --id, or set a key of \`aimo keygen --scopes completion_model,${scope}\`.`,
    reason: "wallet",
    code: "scope_missing",
  });
}

/** As `readingAccess`, the key alone. */
export async function readingKey(context: CommandContext, router: Router, scope?: Scope): Promise<string> {
  return (await readingAccess(context, router, scope)).bearer;
}
