// The machine of somebody who follows a guide: an empty home, Node and npm, and packages that come from tarballs.
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

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

/** What npm needs of whoever runs this: where packages come from, and how the network is reached. */
function networkSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const given = Object.entries(environment).filter(([name]) =>
    /^(?:npm_config_(?:registry|userconfig|globalconfig|cache)|https?_proxy|no_proxy|node_extra_ca_certs)$/i.test(name),
  );
  const home = homedir();
  return {
    npm_config_userconfig: join(home, ".npmrc"),
    npm_config_cache: join(home, ".npm"),
    ...Object.fromEntries(given as [string, string][]),
  };
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
      ...networkSettings(process.env),
      npm_config_prefix: prefix,
      npm_config_fund: "false",
      npm_config_audit: "false",
      npm_config_update_notifier: "false",
      PATH: [join(prefix, "bin"), tools, ...others].join(delimiter),
    },
    installs: { [installationOf(packages)]: `npm install --global ${files.join(" ")}` },
  };
}
