// What is published to npm, and what is particular about each package.
import { buildConsole } from "@aimo-network/dashboard/build/build-console";

/** One package as it is published. */
export interface PackedPackage {
  /** Its name on npm, and its program's. */
  readonly name: string;
  /** Its folder in the repository. */
  readonly folder: string;
  /** Files started as programs of their own, by the name of their file in dist/; `main` is what the bin starts. */
  readonly entries: Readonly<Record<string, string>>;
  /** Libraries that are bundled in, with why; all others are installed as dependencies. */
  readonly bundled: Readonly<Record<string, string>>;
  /** Folders and files read at run time: from (in the package's folder), to (in the published package). */
  readonly copied: Readonly<Record<string, string>>;
  /** Folders that are built first, by their name in the published package; each gives the place of its files. */
  readonly built: Readonly<Record<string, () => Promise<string>>>;
  /** Files that find something beside them at run time, and what is written differently in the bundle, all in dist/. */
  readonly placed: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** Whether what its start needs is one file, which is found faster than many; entries share nothing of it then. */
  readonly isQuick: boolean;
  /** Packages that are installed with it, although nothing imports them. */
  readonly beside: readonly string[];
}

const OTHER_PEERS = "its manifest asks for an older @solana/kit and a newer Node, its code does not: npm would refuse";

/** All of them; those that others depend on come first. */
export const PACKED_PACKAGES: readonly PackedPackage[] = [
  {
    name: "aimo-proxy",
    folder: "packages/proxy",
    entries: { main: "src/main.ts" },
    bundled: { typebox: "a fifth of it is used, and all of it is 2 MB" },
    copied: {},
    built: {},
    placed: {},
    isQuick: false,
    beside: [],
  },
  {
    name: "aimo-router",
    folder: "packages/router",
    entries: {
      main: "src/main.ts",
      "embedded-postgres-keeper": "src/ledger/database/embedded/embedded-postgres-keeper.ts",
    },
    bundled: { "@solana-program/address-lookup-table": OTHER_PEERS },
    copied: { "src/ledger/migrations": "migrations" },
    built: { console: () => buildConsole({ mode: "production" }) }, // never that of a localnet, which has a wallet inside
    placed: {
      "src/ledger/database/embedded/embedded-postgres.ts": [
        ['"embedded-postgres-keeper.ts"', '"embedded-postgres-keeper.js"'],
      ],
      "src/ledger/database/embedded/postgres-binaries.ts": [], // looks for packages, which it finds from any folder
      "src/ledger/database/migrate.ts": [], // ../migrations
      "src/gateway/console/open-console.ts": [['"../../../../dashboard/dist"', '"../console"']],
    },
    isQuick: false,
    beside: [],
  },
  {
    name: "aimo",
    folder: "packages/cli",
    entries: { main: "src/main.ts" },
    bundled: {
      "@solana-program/address-lookup-table": OTHER_PEERS,
      commander: "every command starts with it, and its seven files take long to find",
    },
    copied: {},
    built: {},
    placed: { "src/installed-program.ts": [] }, // looks for packages, which it finds from any folder
    isQuick: true,
    beside: ["aimo-proxy"],
  },
];

/** The Node that is needed: the first that runs this repository's TypeScript without a flag. */
export const NODE_MIN = { major: 22, minor: 18 } as const;
