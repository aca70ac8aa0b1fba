// `npm run types --workspace @aimo-network/dashboard -- URL`: reads what a running router says of itself.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiTypes } from "./api-types.ts";

const FILE = join(import.meta.dirname, "../../src/api/generated/schema.d.ts");

const [url = "http://127.0.0.1:8787"] = process.argv.slice(2);
const answer = await fetch(new URL("/api/v1/openapi.json", url));
mkdirSync(dirname(FILE), { recursive: true });
writeFileSync(FILE, await apiTypes((await answer.json()) as object));
console.log(FILE);
