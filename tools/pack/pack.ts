// Makes the packages that are published: a folder and a tarball of each.
import { execFile } from "node:child_process";
import { chmodSync, cpSync, globSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { promisify } from "node:util";
import { bundlePackage } from "./bundle.ts";
import type { Bundle } from "./bundle.ts";
import { noticesText } from "./notices.ts";
import { packedManifest } from "./packed-manifest.ts";
import { PACKED_PACKAGES } from "./packed-packages.ts";
import type { PackedPackage } from "./packed-packages.ts";
import { starterText } from "./starter-text.ts";

/** A package that is ready to be published. */
export interface Packed {
  readonly name: string;
  /** Its files, unpacked. */
  readonly folder: string;
  readonly tarball: string;
  /** Bytes of its files. */
  readonly unpackedBytes: number;
  readonly bundle: Bundle;
}

const ROOT = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

/** The same modes whatever the umask and the checkout of whoever packs: npm puts them into the tarball. */
function setModes(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const isPlain = !path.startsWith(`bin${sep}`) && lstatSync(join(folder, path)).isFile();
    chmodSync(join(folder, path), isPlain ? 0o644 : 0o755);
  }
}

/** Builds what a package has of other kinds; what begins with a dot is the builder's own. */
async function copyBuilt({ built }: PackedPackage, folder: string): Promise<void> {
  for (const [to, build] of Object.entries(built)) {
    const from = await build();
    const isMeant = (path: string): boolean => path === from || !basename(path).startsWith(".");
    cpSync(from, join(folder, to), { recursive: true, filter: isMeant });
  }
}

async function writePackage(root: string, packed: PackedPackage, bundle: Bundle, folder: string): Promise<void> {
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ["bin", "dist"]) mkdirSync(join(folder, part), { recursive: true });
  write("package.json", `${JSON.stringify(packedManifest(root, packed, bundle.dependencies), null, 2)}\n`);
  write(`bin/${packed.name}.js`, starterText(packed.name));
  for (const [name, code] of bundle.files) write(`dist/${name}`, code);
  if (bundle.libraries.length > 0) write("dist/THIRD-PARTY-NOTICES.txt", noticesText(root, bundle.libraries));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(root, packed.folder, "README.md"), join(folder, "README.md"));
  for (const [from, to] of Object.entries(packed.copied)) {
    cpSync(join(root, packed.folder, from), join(folder, to), { recursive: true });
  }
  await copyBuilt(packed, folder);
  setModes(folder);
}

/** Removes the tarballs of other versions: a Dockerfile copies the one that is there. */
function removeTarballs(name: string, target: string): void {
  const old = globSync(`${name}-[0-9]*.tgz`, { cwd: target });
  for (const file of old) rmSync(join(target, file));
}

/** Makes one package in `target`, as the folder `<name>` and the tarball `<name>-<version>.tgz`. */
export async function packOne(packed: PackedPackage, target: string, root: string = ROOT): Promise<Packed> {
  const bundle = await bundlePackage(root, packed);
  const folder = join(target, packed.name);
  await writePackage(root, packed, bundle, folder);
  removeTarballs(packed.name, target);
  const { stdout } = await run("npm", ["pack", folder, "--pack-destination", target, "--json"], { cwd: root });
  const [{ filename, unpackedSize } = { filename: "", unpackedSize: 0 }] = JSON.parse(stdout) as {
    filename: string;
    unpackedSize: number;
  }[];
  return { name: packed.name, folder, tarball: join(target, filename), unpackedBytes: unpackedSize, bundle };
}

/** Makes every package in `target`. */
export async function packAll(target: string): Promise<readonly Packed[]> {
  mkdirSync(target, { recursive: true });
  return await Promise.all(PACKED_PACKAGES.map((packed) => packOne(packed, target)));
}
