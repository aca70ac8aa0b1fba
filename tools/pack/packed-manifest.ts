// The package.json that is published, made from the one in the repository and from what the bundle imports.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedPackage } from "./packed-packages.ts";
import { NODE_MIN } from "./packed-packages.ts";

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** The one version that the repository's packages have of each library. */
function versionsIn(root: string): Versions {
  const manifests = readdirSync(join(root, "packages")).map((name) => readManifest(join(root, "packages", name)));
  return Object.fromEntries(manifests.flatMap(({ dependencies }) => Object.entries(dependencies ?? {})));
}

/** What is published as package.json; `dependencies` are the libraries that the bundle imports. */
export function packedManifest(root: string, packed: PackedPackage, dependencies: readonly string[]): object {
  const manifest = readManifest(join(root, packed.folder));
  const versions = versionsIn(root);
  const needed = [...dependencies, ...packed.beside].toSorted().map((name) => {
    const version = versions[name];
    if (version === undefined) throw new Error(`${packed.name}: no manifest in packages/ has a version of ${name}.`);
    return [name, version] as const;
  });
  const { name, version, description, license, optionalDependencies } = manifest;
  return {
    name,
    version,
    description,
    license,
    type: "module",
    bin: { [name]: `bin/${name}.js` },
    exports: { "./package.json": "./package.json" }, // a program: nothing of it is imported
    files: ["bin", "dist", ...Object.values(packed.copied), ...Object.keys(packed.built)],
    engines: { node: `>=${NODE_MIN.major}.${NODE_MIN.minor}` },
    dependencies: Object.fromEntries(needed),
    ...(optionalDependencies !== undefined && { optionalDependencies }),
  };
}
