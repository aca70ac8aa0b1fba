// Preflights as files of the data directory, one a wallet.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parsePricing } from "@aimo-network/protocol/price";
import { OfferSchema } from "@aimo-network/protocol/wire/offer";
import type { Logger } from "pino";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { Preflight } from "./preflight.ts";
import type { PreflightStore } from "./preflight-store.ts";

const FileShape = Compile(
  Type.Object({
    wallet: Type.String(),
    models: Type.Array(Type.Object({ name: Type.String({ minLength: 1 }), offer: OfferSchema })),
  }),
);
const FILE_NAME = /^([1-9A-HJ-NP-Za-km-z]{32,44})\.json$/; // a wallet in base58: nothing that could leave the directory
const DRAFT = ".draft"; // how a file's name ends until it is whole; a crash may leave one

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function parseFile(text: string, wallet: string): Preflight | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!FileShape.Check(value) || value.wallet !== wallet) return undefined;
    for (const { offer } of value.models) parsePricing(offer.pricing); // throws for a price that no offer may have
    return value.models;
  } catch {
    return undefined; // the caller says which file it was
  }
}

/** Opens the store in `directory`, which is made if it is not there. */
export async function openFilePreflightStore(log: Logger, directory: string): Promise<PreflightStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) if (name.endsWith(DRAFT)) await rm(join(directory, name));
  const pathOf = (wallet: string): string => join(directory, `${wallet}.json`);
  return {
    async wallets() {
      const names = (await readdir(directory)).filter((name) => FILE_NAME.test(name));
      const aged = names.map(async (name) => ({ name, atMs: (await stat(join(directory, name))).mtimeMs }));
      const sorted = (await Promise.all(aged)).toSorted((one, other) => one.atMs - other.atMs);
      return sorted.map(({ name }) => name.replace(FILE_NAME, "$1"));
    },
    async read(wallet) {
      const path = pathOf(wallet);
      const text = await readFile(path, "utf8").catch((error: unknown) => {
        if (!isMissing(error)) log.warn({ path, error }, "a stored preflight cannot be read");
        return undefined;
      });
      const preflight = text === undefined ? undefined : parseFile(text, wallet);
      if (text !== undefined && preflight === undefined) {
        log.warn({ path }, "a stored preflight is broken and ignored: its proxy has to be started again");
      }
      return preflight;
    },
    async write(wallet, preflight) {
      const draft = join(directory, `${wallet}${DRAFT}`);
      const text = `${JSON.stringify({ wallet, models: preflight })}\n`;
      await writeFile(draft, text, { mode: 0o600, flush: true });
      await rename(draft, pathOf(wallet));
    },
    remove: (wallet) => rm(pathOf(wallet), { force: true }),
  };
}
