// Writes what is made from the description: `npm run generate -w @aimo-network/escrow`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CLIENT_FOLDER, generateFiles } from "./generate.ts";

const PACKAGE = join(import.meta.dirname, "..");

const files = await generateFiles();
rmSync(join(PACKAGE, CLIENT_FOLDER), { recursive: true, force: true });
for (const [path, text] of files) {
  mkdirSync(dirname(join(PACKAGE, path)), { recursive: true });
  writeFileSync(join(PACKAGE, path), text);
}
console.log(`${files.size} files written.`);
