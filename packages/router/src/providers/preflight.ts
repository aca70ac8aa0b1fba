// What a first-generation proxy says it sells, before it connects, and under which names it goes on the market.
import { createHash } from "node:crypto";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Offer } from "@aimo-network/protocol/wire/offer";

/** One model of a preflight: `name` is what the proxy knows it by, the offer's own name what users ask for. */
export interface PreflightModel {
  readonly name: string;
  readonly offer: Offer;
}

/** All models of a wallet's preflight. */
export type Preflight = readonly PreflightModel[];

const NAME_CHARS_MAX = 64; // of an offer (wire.md)
const DIGEST_CHARS = 8;

/** A text with every character that offer names cannot have replaced by `-`. */
export function plainName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/gu, "-");
}

function nameWithDigest(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST_CHARS);
  return `${plainName(name).slice(0, NAME_CHARS_MAX - DIGEST_CHARS - 1)}-${digest}`;
}

/**
 * Gives each model its offer name; of equally named ones only the first, which is the one that the proxy finds. A name
 * that an offer can have is kept. Where two would be the same on the market, or one would be too long, the later one
 * ends in eight digits of its own SHA-256: the same at every preflight, whatever stands around it.
 */
export function nameOffers<Model extends { readonly name: string }>(
  models: readonly Model[],
): { readonly model: Model; readonly offerName: string }[] {
  const byName = new Map<string, Model>();
  for (const model of models) if (!byName.has(model.name)) byName.set(model.name, model);
  const changes = ({ name }: Model): number => (plainName(name) === name ? 0 : 1);
  const taken = new Set<string>();
  return [...byName.values()]
    .toSorted((one, other) => changes(one) - changes(other))
    .map((model) => {
      const plain = plainName(model.name);
      const fits = plain.length <= NAME_CHARS_MAX && !taken.has(plain.toLowerCase());
      const offerName = fits ? plain : nameWithDigest(model.name);
      if (taken.has(offerName.toLowerCase())) {
        const expected = "names that differ in what an offer's name can hold";
        throw new AimoError("invalid_request", { expected, found: `a second \`${offerName}\``, param: "models" });
      }
      taken.add(offerName.toLowerCase());
      return { model, offerName };
    });
}
