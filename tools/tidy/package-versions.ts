// House rule: all packages are one product, with one version and one licence, and every dependency is exact.
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

function dependenciesOf(manifest: Manifest): [string, string][] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies });
}

/** Finds packages whose version, licence or kind differs, and dependencies that are not exact or not the same everywhere. */
export const findVersionDrift: HouseRule = (files) => {
  const manifests = files
    .filter(({ path }) => /^(package\.json|(packages\/[^/]+|e2e|bench)\/package\.json)$/.test(path))
    .map((file): [ProjectFile, Manifest] => [file, JSON.parse(file.text) as Manifest]);
  // The root is no package: it is never published, and changesets give it no version.
  const first = manifests.find(([file]) => file.path !== "package.json")?.[1];
  const ours = new Set(manifests.map(([, { name }]) => name));
  const seen = new Map<string, string>();
  return manifests.flatMap(([file, manifest]): Finding[] => {
    const advice: string[] = [];
    const expect = (what: string, found: string | undefined, expected: string | undefined): void => {
      if (found !== expected) advice.push(`${what} ${found}: it is ${expected} elsewhere`);
    };
    if (file.path !== "package.json") expect("version", manifest.version, first?.version);
    expect("license", manifest.license, first?.license);
    expect("type", manifest.type, "module");
    for (const [name, version] of dependenciesOf(manifest)) {
      if (!EXACT.test(version)) advice.push(`${name} ${version}: pin the exact version`);
      expect(name, version, ours.has(name) ? first?.version : (seen.get(name) ?? version));
      seen.set(name, version);
    }
    return advice.map((text) => ({ path: file.path, line: 1, advice: text }));
  });
};
