// What an operator says on the command line, with every key file read.
import { createNoopSigner, isAddress } from "@solana/kit";
import type { Address, TransactionSigner } from "@solana/kit";
import { readKeyFile } from "./key-file.ts";

/** The options every command picks from, as `parseArgs` of Node takes them. */
export const OPERATOR_OPTIONS = {
  url: { type: "string" },
  payer: { type: "string" },
  price: { type: "string" },
  program: { type: "string" },
  authority: { type: "string" },
  to: { type: "string" },
  binary: { type: "string" },
  "router-id": { type: "string" },
  admin: { type: "string" },
  cosigner: { type: "string" },
  plan: { type: "string" },
  what: { type: "string" },
  buffer: { type: "string" },
  out: { type: "string" },
  print: { type: "boolean" },
} as const;

type Name = Exclude<keyof typeof OPERATOR_OPTIONS, "print">;

/** The options that were given. */
export type GivenOptions = Readonly<Partial<Record<Name, string>>> & { readonly print?: boolean };

/** Reads the options a command needs; what is missing or of another kind is refused in words. */
export class OperatorOptions {
  readonly #given: GivenOptions;

  constructor(given: GivenOptions) {
    this.#given = given;
  }

  /** Whether an instruction is printed, for a multisig, instead of being sent. */
  get isPrinted(): boolean {
    return this.#given.print === true;
  }

  text(name: Name): string | undefined {
    return this.#given[name];
  }

  need(name: Name): string {
    const value = this.#given[name];
    if (value === undefined) throw new Error(`--${name} is missing.`);
    return value;
  }

  async key(name: Name): Promise<TransactionSigner> {
    const value = this.need(name);
    // Whoever prints an instruction has the address of a multisig, which signs elsewhere.
    if (this.isPrinted && isAddress(value)) return createNoopSigner(value);
    return await readKeyFile(value);
  }

  async optionalKey(name: Name): Promise<TransactionSigner | undefined> {
    return this.#given[name] === undefined ? undefined : await this.key(name);
  }

  /** An address, given as such or as the file of its key. */
  async address(name: Name): Promise<Address> {
    const value = this.need(name);
    return isAddress(value) ? value : (await readKeyFile(value)).address;
  }

  /** An address, or the key in a file where the key may have to sign. */
  async addressOrKey(name: Name): Promise<Address | TransactionSigner> {
    const value = this.need(name);
    return isAddress(value) ? value : await readKeyFile(value);
  }

  /** Micro-lamports for a compute unit. */
  price(): bigint {
    const value = this.#given.price ?? "0";
    if (!/^[0-9]{1,12}$/.test(value)) throw new Error(`--price: expected micro-lamports, found ${value}.`);
    return BigInt(value);
  }
}
