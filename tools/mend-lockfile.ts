// Makes the lockfile hold together where a registry lacks some platforms' packages: `npm ci` refuses one that names
// optional packages it does not hold. Run after `npm install`: node tools/mend-lockfile.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

const FILE = join(import.meta.dirname, "..", "package-lock.json");

const lockfile = JSON.parse(readFileSync(FILE, "utf8")) as { packages: Record<string, LockedPackage> };
for (const [place, locked] of Object.entries(lockfile.packages)) {
  if (locked.optionalDependencies === undefined) continue;
  const held = Object.entries(locked.optionalDependencies).filter(([name]) =>
    [`node_modules/${name}`, `${place}/node_modules/${name}`].some((home) => home in lockfile.packages),
  );
  locked.optionalDependencies = Object.fromEntries(held);
}
writeFileSync(FILE, `${JSON.stringify(lockfile, undefined, 2)}\n`);
