// The types that the console's pages are written by are those of the router's answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apiTypes } from "@aimo-network/dashboard/build/api-schema/api-types";
import { startNetwork } from "../network.ts";

const FILE = new URL("../../packages/dashboard/src/api/generated/schema.d.ts", import.meta.url);

test("the console's types are made from the router's own description", async (t) => {
  const network = await startNetwork({ withProvider: false });
  t.after(() => network.stop());
  const document = (await (await fetch(`${network.file.router_url}/api/v1/openapi.json`)).json()) as object;
  const isSame = readFileSync(FILE, "utf8") === (await apiTypes(document));
  assert.ok(isSame, "run `npm run types --workspace @aimo-network/dashboard -- URL` with a router of these sources");
});
