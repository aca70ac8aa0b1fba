// House rule: the lockfile is whole, so that `npm ci` installs from it and from nothing else.
import type { Finding, HouseRule } from "./project-file.ts";

const LOCKFILE = "package-lock.json";

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/**
 * Finds optional dependencies that packages of the lockfile name and the lockfile does not hold: `npm install` leaves them
 * out where a registry does not have them, and `npm ci` then refuses the whole lockfile.
 */
export const findLockfileGaps: HouseRule = (files) => {
  const lockfile = files.find(({ path }) => path === LOCKFILE);
  if (lockfile === undefined) return [{ path: LOCKFILE, line: 1, advice: "there is no lockfile" }];
  const { packages } = JSON.parse(lockfile.text) as Lockfile;
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages))
      .map((name): Finding => {
        const line = lockfile.lineAt(lockfile.text.indexOf(`"${name}"`));
        return {
          path: LOCKFILE,
          line,
          advice: `${place} names ${name}, which is not in the lockfile: run node tools/mend-lockfile.ts`,
        };
      }),
  );
};
