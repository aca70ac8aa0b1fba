// Files of other projects that tests compare ours with; they may not be copied here, so they are looked for next door.
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A neighbour's OpenAPI description, by its file name in `../shared/specs`. */
export type NeighbourSpec = "openai-openapi.json" | "openrouter-openapi.yaml";

/** Where a neighbour's file is, or why a test must do without it: `skip` fits the option of `node:test`. */
export type Neighbour =
  | { readonly path: string; readonly skip: false }
  | { readonly path?: never; readonly skip: string };

const SPECS_FOLDER = join(import.meta.dirname, "..", "..", "shared", "specs");

/**
 * Looks for a neighbour's file. Where it is absent the test is skipped with a reason the runner prints; in CI (`CI=true`)
 * absence throws, unless `NEIGHBOURS=optional` says that this CI has none.
 */
export function findNeighbour(
  spec: NeighbourSpec,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  folder: string = SPECS_FOLDER,
): Neighbour {
  const path = join(folder, spec);
  if (existsSync(path)) return { path, skip: false };
  const absence = `${spec} is not in ../shared/specs beside this project`;
  if (environment["CI"] === "true" && environment["NEIGHBOURS"] !== "optional") {
    throw new Error(`${absence}, and CI must compare with it: put it there, or set NEIGHBOURS=optional.`);
  }
  return { skip: `${absence}: nothing was compared with it` };
}
