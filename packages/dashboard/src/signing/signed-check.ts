// What a wallet gave back is held against what the person agreed to: the same transaction, or the same with a fee of the
// wallet's choice and its own guards, and really signed.
import type { TransactionDescription } from "@aimo-network/escrow/describe/description";
import { readWireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import type { WireInstruction, WireTransaction } from "@aimo-network/escrow/describe/wire-transaction";
import type { SignedTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import { describeWished } from "@aimo-network/escrow/wish/check-transaction";
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import { getBase64Decoder } from "@solana/kit";
import type { Base64EncodedWireTransaction, Signature } from "@solana/kit";
import { base58 } from "@scure/base";
import { ActFault } from "./act-fault.ts";

const SIGNATURE_BYTES = 64;
const WALLETS_OWN: ReadonlySet<string> = new Set(["compute_budget", "guard"]); // what a wallet may add or change

/** What the person agreed to. */
export interface AgreedTransaction {
  readonly bytes: Uint8Array;
  readonly wish: TransactionWish;
  readonly description: TransactionDescription;
}

/** What everybody has signed, and its bytes. */
export interface CheckedTransaction extends SignedTransaction {
  readonly bytes: Uint8Array;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function refuse(details: readonly string[]): never {
  throw new ActFault(
    "refused",
    "Nothing was sent: the wallet gave back another transaction than the one you agreed to.",
    "Update the wallet, or use another one.",
    details,
  );
}

function insistRead(bytes: Uint8Array): WireTransaction {
  const read = readWireTransaction(bytes);
  return "reason" in read ? refuse([`It is no transaction: ${read.reason}.`]) : read;
}

function isSameInstruction(one: WireInstruction, other: WireInstruction | undefined): boolean {
  return (
    other !== undefined &&
    one.programAddress === other.programAddress &&
    isSame(one.data, other.data) &&
    one.accounts.length === other.accounts.length &&
    one.accounts.every(({ address, role }, index) => {
      const found = other.accounts[index];
      return address !== undefined && address === found?.address && role === found.role;
    })
  );
}

/** The instructions that are not the wallet's to choose. */
function kept({ instructions }: WireTransaction, { actions }: TransactionDescription): readonly WireInstruction[] {
  return instructions.filter((_, index) => !WALLETS_OWN.has(actions[index]?.program ?? "unknown"));
}

/** All that a wallet changed and may not. */
function changes(
  [before, after]: readonly [WireTransaction, WireTransaction],
  [agreed, given]: readonly [TransactionDescription, TransactionDescription],
): string[] {
  const found: string[] = [];
  const signersOf = ({ signatures }: WireTransaction): string => signatures.map(({ address }) => address).join(" ");
  if (before.version !== after.version) found.push("It has another version.");
  if (before.lifetimeToken !== after.lifetimeToken) found.push("It lives from another block.");
  if (signersOf(before) !== signersOf(after)) found.push("It wants the signatures of others.");
  const [ours, theirs] = [kept(before, agreed), kept(after, given)];
  const isSameDeed =
    ours.length === theirs.length && ours.every((instruction, index) => isSameInstruction(instruction, theirs[index]));
  if (!isSameDeed) found.push("It does something else.");
  const borne = new Set(agreed.flags.map(({ code }) => code));
  for (const { code, words } of given.flags) if (!borne.has(code)) found.push(words);
  return found;
}

/** The signatures that others had given are put back where a wallet dropped them: the message is the same. */
function merged(before: WireTransaction, after: WireTransaction): Uint8Array {
  const signatures = after.signatures.map(({ bytes }, index) => {
    const earlier = before.signatures[index]?.bytes;
    return bytes.every((byte) => byte === 0) && earlier !== undefined ? earlier : bytes;
  });
  return Uint8Array.from([signatures.length, ...signatures.flatMap((bytes) => [...bytes]), ...after.message]);
}

async function describedAs(bytes: Uint8Array, wish: TransactionWish): Promise<TransactionDescription> {
  const description = await describeWished(bytes, wish);
  return description.kind === "unreadable" ? refuse([`It is no transaction: ${description.reason}.`]) : description;
}

/** Insists on what was agreed to, signed; throws `ActFault` for anything else. */
export async function checkSigned(agreed: AgreedTransaction, signed: Uint8Array): Promise<CheckedTransaction> {
  const { wish, description } = agreed;
  const [before, after] = [insistRead(agreed.bytes), insistRead(signed)];
  const isUnchanged = isSame(before.message, after.message);
  const hasCosigner = description.signers.some(({ address }) => !wish.signers.includes(address));
  if (!isUnchanged && hasCosigner) {
    refuse(["It was changed after the router had signed it, so that signature holds no longer."]);
  }
  const bytes = isUnchanged ? merged(before, after) : signed;
  const given = await describedAs(bytes, wish);
  const found = isUnchanged ? [] : changes([before, after], [description, given]);
  for (const { address, signature } of given.signers) {
    if (signature === "missing") found.push(`The signature of ${address} is missing.`);
    if (signature === "invalid") found.push(`What stands for the signature of ${address} is not one.`);
  }
  if (found.length > 0) refuse(found);
  return {
    bytes,
    wire: getBase64Decoder().decode(bytes) as Base64EncodedWireTransaction,
    signature: base58.encode(bytes.subarray(1, 1 + SIGNATURE_BYTES)) as Signature,
    programs: given.actions.map(({ programAddress }) => programAddress),
  };
}
