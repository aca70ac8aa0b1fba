// The machine of somebody who follows a guide: an empty home, Node and npm, and packages that come from tarballs.
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { npmSettings } from "./npm-settings.ts";

/** What a guide is walked with. */
export interface ReaderMachine {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The guide's words for installing published packages, and the same from the tarballs. */
  readonly installs: Readonly<Record<string, string>>;
}

/** What guides write to install these packages, in their order. */
function installationOf(packages: readonly string[]): string {
  return `npm install --global ${packages.join(" ")}`;
}

/** The tarball of a package among those in a folder. */
function tarballOf(folder: string, name: string): string {
  const file = readdirSync(folder).find((each) => new RegExp(`^${name}-[0-9].*\\.tgz$`).test(each));
  if (file === undefined) throw new Error(`no tarball of ${name} in ${folder}`);
  return join(folder, file);
}

/** Makes the machine below `folder`; nothing of this repository is on its path. */
export function openReaderMachine(
  folder: string,
  { tarballs, packages }: { readonly tarballs: string; readonly packages: readonly string[] },
): ReaderMachine {
  const [home, tools, prefix] = [join(folder, "home"), join(folder, "tools"), join(folder, "global")] as const;
  for (const each of [home, tools, prefix]) mkdirSync(each, { recursive: true });
  symlinkSync(process.execPath, join(tools, "node"));
  const others = (process.env["PATH"] ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  // No registry has what is tested here, so what `aimo` depends on comes from its tarball, too.
  const files = [...new Set([...packages, "aimo-proxy"])].map((name) => tarballOf(tarballs, name));
  return {
    home,
    environment: {
      ...npmSettings(process.env),
      npm_config_prefix: prefix,
      PATH: [join(prefix, "bin"), tools, ...others].join(delimiter),
    },
    installs: { [installationOf(packages)]: `npm install --global ${files.join(" ")}` },
  };
}
