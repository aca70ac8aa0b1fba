// Builds the console's static files, unless what is there was made of the same sources.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..");
const SOURCES = ["src", "public", "index.html", "vite.config.ts", "package.json", "../protocol/src", "../escrow/src"];
const STAMP = ".vite/sources.sha256"; // beside the files, so that both go together
const FONTS = ["@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono"]; // styles import them, which the bundler's list of licences leaves out

/** Which console: what routers serve to everybody, or the one of a localnet with its test wallet and faucet. */
export interface ConsoleBuild {
  readonly mode: "production" | "localnet";
}

function* filesBelow(path: string): Iterable<string> {
  const whole = join(FOLDER, path);
  const entries = readdirSync(whole, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) yield join(entry.parentPath, entry.name);
}

function hashOfSources(mode: string): string {
  const hash = createHash("sha256").update(mode);
  const files = SOURCES.flatMap((path) => (/\.\w+$/.test(path) ? [join(FOLDER, path)] : [...filesBelow(path)]));
  for (const file of files.filter((name) => !/\.test\.tsx?$/.test(name)).toSorted()) {
    hash.update(file.slice(FOLDER.length)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function addFontLicences(folder: string): void {
  const { resolve } = createRequire(import.meta.url);
  for (const name of FONTS) {
    const text = readFileSync(resolve(`${name}/LICENSE`), "utf8");
    appendFileSync(join(folder, "THIRD-PARTY-NOTICES.md"), `\n## ${name}\n\n${text}`);
  }
}

/** Builds it when its sources have changed, and gives the folder of the files; throws what Vite says of faulty sources. */
export async function buildConsole({ mode }: ConsoleBuild): Promise<string> {
  const folder = join(FOLDER, mode === "localnet" ? "dist-localnet" : "dist");
  const stamp = join(folder, STAMP);
  const hash = hashOfSources(mode);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return folder;
  const outDir = join(FOLDER, `node_modules/.cache/console-${mode}`); // a router that starts meanwhile reads a whole console
  const { build } = await import("vite");
  await build({ configFile: join(FOLDER, "vite.config.ts"), mode, logLevel: "warn", build: { outDir } });
  addFontLicences(outDir);
  writeFileSync(join(outDir, STAMP), hash);
  rmSync(folder, { recursive: true, force: true });
  renameSync(outDir, folder);
  return folder;
}
