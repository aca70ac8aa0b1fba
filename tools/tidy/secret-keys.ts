// House rule: no key of a wallet or a program lies in the project, but for the localnet's program id, which guards nothing.
import type { HouseRule } from "./project-file.ts";

/** Everybody has this key, so it must never be deployed to where money is: docs/runbook-deploy.md. */
const KNOWN = "packages/escrow/localnet-program-id.json";

/** A key as Solana's tools write it: 64 bytes as an array. */
const KEY = /\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*,?\s*\]/g;

/** Finds arrays that are as long as a secret key. */
export const findSecretKeys: HouseRule = (files) =>
  files.flatMap((file) =>
    file.path === KNOWN
      ? []
      : [...file.text.matchAll(KEY)].map(({ index }) => ({
          path: file.path,
          line: file.lineAt(index),
          advice: "a secret key: keys are made where they are used and never committed",
        })),
  );
