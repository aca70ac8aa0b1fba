// `npm run pack`: the tarballs that are published, in dist/ or in the folder that is named.
import { relative, resolve } from "node:path";
import { packAll } from "./pack.ts";

const target = resolve(process.argv[2] ?? "dist");
for (const { tarball, unpackedBytes } of await packAll(target)) {
  console.log(`${relative(process.cwd(), tarball)}  ${(unpackedBytes / 1e6).toFixed(2)} MB unpacked`);
}
