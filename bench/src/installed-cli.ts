// The command line as users have it: packed, and installed by npm in a folder of its own.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PACK = fileURLToPath(new URL("../../tools/pack/main.ts", import.meta.url));
const run = promisify(execFile);

/** An installed `aimo`. */
export interface InstalledCli {
  /** Its program. */
  readonly file: string;
  /** A home for it without anything in it. */
  readonly home: string;
  remove(): void;
}

/** Packs every package that is published into a folder. */
export async function packInto(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  await run(process.execPath, [PACK, folder], { env: environment });
}

/** Packs and installs it; takes some seconds, and npm's registry. */
export async function installCli(environment: NodeJS.ProcessEnv): Promise<InstalledCli> {
  const root = mkdtempSync(join(tmpdir(), "aimo-bench-cli-"));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    const [packed, installed, home] = [join(root, "packed"), join(root, "installed"), join(root, "home")];
    for (const folder of [packed, installed, home]) mkdirSync(folder);
    await packInto(packed, environment);
    const tarballs = readdirSync(packed).filter((name) => /^aimo-(?:proxy-)?\d.*\.tgz$/.test(name));
    const words = ["install", "--no-audit", "--no-fund", ...tarballs.map((name) => join(packed, name))];
    await run("npm", words, { cwd: installed, env: environment });
    return { file: join(installed, "node_modules", "aimo", "bin", "aimo.js"), home, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
