// The lists in the OpenAPI document: every endpoint with its parameters, and answers that are as it says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Record<string, { readonly content: Record<string, { readonly schema: object }> }>;
}

const FILTERS = [
  ...["q", "supported_parameters", "input_modalities", "output_modalities", "model_authors", "providers", "zdr"],
  ...["context", "min_price", "max_price", "min_output_price", "max_output_price", "min_age_days", "max_age_days"],
];

const ENDPOINTS: readonly (readonly [path: string, query: readonly string[], example: string])[] = [
  ["/models", [...FILTERS, "sort", "offset", "limit"], "/models?limit=1"],
  ["/models/count", FILTERS, "/models/count"],
  ["/models/{author}/{slug}", [], "/models/acme/m"],
  ["/models/{id}", [], "/models/acme%2Fm"],
  ["/models/{author}/{slug}/endpoints", [], "/models/acme/m/endpoints"],
  ["/models/{author}/{slug}/prices", ["provider"], "/models/acme/m/prices"],
  ["/endpoints/zdr", [], "/endpoints/zdr"],
  ["/providers", [], "/providers"],
  ["/providers/{wallet}", [], "/providers/"],
];

describe("the OpenAPI document has", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let paths: Record<string, { get: Operation }>;
  const json = async (path: string): Promise<unknown> => (await fetch(`${router.url}/api/v1${path}`)).json();
  before(async () => {
    router = await startTestRouter();
    provider = await connectProvider(router.url, await router.key(), () => undefined);
    await provider.offer([plainOffer("m", { provider_name: "acme", zdr: true })]);
    ({ paths } = (await json("/openapi.json")) as { paths: Record<string, { get: Operation }> });
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  for (const [path, query, example] of ENDPOINTS) {
    test(`${path} with its parameters, and an answer that is as it says`, async () => {
      const operation = paths[`/api/v1${path}`]?.get ?? assert.fail(`no ${path}`);
      const asked = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
      assert.deepEqual(asked.map(({ name }) => name).toSorted(), [...query].toSorted());
      for (const { name, required } of asked) assert.equal(required, false, name);
      const { data } = (await json("/providers")) as { data: [{ wallet: string }] };
      const answer = await json(example.endsWith("/") ? `${example}${data[0].wallet}` : example);
      const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
      const schema = operation.responses["200"]?.content["application/json"]?.schema ?? assert.fail("no schema");
      assert.equal(ajv.validate(schema, answer), true, ajv.errorsText());
    });
  }
});
