// What this router tells accounts, against what OpenRouter's own description says that clients may expect.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { manualClock } from "@aimo-network/protocol/clock";
import { findNeighbour } from "../../../../../tools/neighbours.ts";
import type { ActivityServer } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const NOW = Date.UTC(2026, 10, 25, 8);
const openRouter = findNeighbour("openrouter-openapi.yaml");

/** Fails, with every fault, unless `value` is what `pointer` of the description says. */
function assertFits(description: object, pointer: string, value: unknown): void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.addSchema(description, "neighbour").compile({ $ref: `neighbour#${pointer}` });
  const fits = validate(value);
  assert.equal(fits, true, ajv.errorsText(validate.errors, { separator: "\n" }));
}

describe("accounts, for clients of OpenRouter", { skip: openRouter.skip }, () => {
  let bed: ActivityServer;
  let description: object;
  let session: string;
  let id: string;
  before(async () => {
    description = parse(readFileSync(openRouter.path ?? "", "utf8")) as object;
    bed = await startActivityServer(manualClock(NOW));
    const { user, key } = await bed.payer();
    const provider = await bed.posted.party();
    id = await bed.posted.answer({ key, provider, atMs: NOW - 86_400_000, cost: 1_234n, cachedTokens: 3 });
    await bed.posted.answer({ key, provider, atMs: NOW, kind: 1, flags: 16, finishReason: "", firstOutputMs: null });
    session = user.wallet;
  });
  after(() => bed.close());
  const get = async (path: string): Promise<unknown> => (await bed.get(path, { session })).json;

  test("a generation is as theirs, whole or broken off", async () => {
    assertFits(description, "/components/schemas/GenerationResponse", await get(`/generation?id=${id}`));
    const { data } = (await get("/generations")) as { data: unknown[] };
    assert.equal(data.length, 2);
    for (const one of data) assertFits(description, "/components/schemas/GenerationResponse", { data: one });
  });

  test("days of activity are as theirs, grouped or not", async () => {
    for (const query of ["", "?group_by=workspace"]) {
      const answer = (await get(`/activity${query}`)) as { data: unknown[] };
      assert.equal(answer.data.length, 1);
      assertFits(description, "/components/schemas/ActivityResponse", answer);
    }
  });

  test("credits are as theirs", async () => {
    const pointer = "/paths/~1credits/get/responses/200/content/application~1json/schema";
    assertFits(description, pointer, await get("/credits"));
  });
});
