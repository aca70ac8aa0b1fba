// TypeScript of a package to JavaScript in few files: our own packages bundled in, libraries left to npm.
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { isAbsolute, join, relative, sep } from "node:path";
import { parseSync } from "oxc-parser";
import { rolldown } from "rolldown";
import type { OutputChunk, Plugin } from "rolldown";
import { NODE_MIN } from "./packed-packages.ts";
import type { PackedPackage } from "./packed-packages.ts";

/** A package's code as it is published. */
export interface Bundle {
  /** The files of dist/ by their name. */
  readonly files: ReadonlyMap<string, string>;
  /** What has to be loaded before each file runs: libraries and files of dist/, without what is loaded later. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** Libraries to be installed, by name. */
  readonly dependencies: readonly string[];
  /** Libraries whose code is inside, by the folder of each. */
  readonly libraries: readonly string[];
}

const TESTS_ONLY = /\.test\.ts$|\/(?:test-bed|__fixtures__)\//;
const LIBRARY = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The package that an import names: `@solana/kit/program-client-core` is of `@solana/kit`. */
export function libraryOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

function isInstalled(specifier: string, { bundled }: PackedPackage): boolean {
  if (/^[./]|^@aimo-network\//.test(specifier)) return false;
  return isBuiltin(specifier) || !(libraryOf(specifier) in bundled);
}

/** Whether code asks where it is; what is said in a comment does not count. */
function findsItself(path: string, code: string): boolean {
  if (!code.includes("import.meta")) return false;
  const { importMetas } = parseSync(path, code).module;
  return importMetas.some(({ end }) => /^\s*\.\s*(?:url|dirname|filename|resolve)\b/.test(code.slice(end)));
}

/** Gives the code its version and nothing else of its manifest, and refuses what would be wrong in a package. */
function houseRules(root: string, { name, folder, placed }: PackedPackage): Plugin {
  const nameOf = (file: string): string => relative(root, file).split(sep).join("/");
  return {
    name: "house-rules",
    load(file) {
      if (nameOf(file) !== `${folder}/package.json`) return undefined;
      const manifest = JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
      const code = `export default ${JSON.stringify({ name: manifest.name, version: manifest.version })};`;
      return { code, moduleType: "js" };
    },
    transform(code, file) {
      if (!isAbsolute(file)) return undefined; // the bundler's own
      const path = nameOf(file);
      if (TESTS_ONLY.test(path)) throw new Error(`${name}: ${path} is for tests, and is imported by the program.`);
      if (!findsItself(path, code)) return undefined;
      const edits = path.startsWith(`${folder}/`) ? placed[path.slice(folder.length + 1)] : undefined;
      if (edits === undefined) {
        throw new Error(`${name}: ${path} looks for something beside itself, which is elsewhere in the package.`);
      }
      return edits.reduce((text, [from, to]) => {
        if (text.split(from).length !== 2) throw new Error(`${name}: ${path} has to say ${from} once.`);
        return text.replace(from, to);
      }, code);
    },
  };
}

function bundleOf(root: string, chunks: readonly OutputChunk[]): Bundle {
  const names = new Set(chunks.map(({ fileName }) => fileName));
  const outside = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const libraries = chunks.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => LIBRARY.exec(relative(root, id).split(sep).join("/"))?.[0] ?? []),
  );
  const dependencies = outside.filter((from) => !names.has(from) && !isBuiltin(from)).map(libraryOf);
  return {
    files: new Map(chunks.map(({ fileName, code }) => [fileName, code])),
    imports: new Map(chunks.map(({ fileName, imports }) => [fileName, imports])),
    dependencies: [...new Set(dependencies)].toSorted(),
    libraries: [...new Set(libraries)].toSorted(),
  };
}

/** The modules that are loaded with the chunk `main`, besides the one that it begins with. */
function startOf(chunks: readonly OutputChunk[]): ReadonlySet<string> {
  const modules = new Set<string>();
  const load = (name: string): void => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (chunk === undefined || chunk.moduleIds.every((id) => modules.has(id))) return;
    for (const id of chunk.moduleIds) modules.add(id);
    for (const next of chunk.imports) load(next);
  };
  load("main.js");
  const begins = chunks.find(({ fileName }) => fileName === "main.js")?.facadeModuleId;
  return new Set([...modules].filter((id) => id !== begins));
}

/** Bundles a package of the repository at `root`. Throws where its code could not run as a package. */
export async function bundlePackage(root: string, packed: PackedPackage): Promise<Bundle> {
  const { folder, entries, isQuick } = packed;
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, folder, file)])),
    platform: "node",
    tsconfig: false,
    transform: { target: `node${NODE_MIN.major}.${NODE_MIN.minor}` },
    external: (specifier) => isInstalled(specifier, packed),
    plugins: [houseRules(root, packed)],
    onLog(level, log) {
      if (level === "warn") throw new Error(`${packed.name}: ${log.message}`);
    },
  });
  const generate = async (start: ReadonlySet<string>): Promise<readonly OutputChunk[]> => {
    const { output } = await build.generate({
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
      sourcemap: false,
      minify: false,
      codeSplitting: { groups: [{ name: "start", test: (id) => start.has(id) }] },
    });
    return output.filter((file) => file.type === "chunk");
  };
  try {
    const chunks = await generate(new Set());
    return bundleOf(root, isQuick ? await generate(startOf(chunks)) : chunks);
  } finally {
    await build.close();
  }
}
