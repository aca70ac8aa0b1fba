// What this router lists, against what OpenRouter's and OpenAI's own descriptions say that clients may expect.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { findNeighbour } from "../../../../../tools/neighbours.ts";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

interface Description {
  readonly components: { readonly schemas: Record<string, { enum?: string[] }> };
}

/** Fails, with every fault, unless `value` is what `pointer` of the description says. */
function assertFits(description: Description, pointer: string, value: unknown): void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.addSchema(description, "neighbour").compile({ $ref: `neighbour#${pointer}` });
  const fits = validate(value);
  assert.equal(fits, true, ajv.errorsText(validate.errors, { separator: "\n" }));
}

const openRouter = findNeighbour("openrouter-openapi.yaml");
const openAi = findNeighbour("openai-openapi.json");

describe("the lists of a router", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  const get = async (path: string): Promise<unknown> => await (await fetch(`${router.url}${path}`)).json();

  before(async () => {
    router = await startTestRouter();
    provider = await connectProvider(router.url, await router.key(), () => undefined);
    await provider.offer([
      plainOffer("full", {
        provider_name: "acme",
        context_length: 128_000,
        max_completion_tokens: 16_384,
        input_modalities: ["text", "image", "audio", "file", "video"],
        output_modalities: ["text", "image"],
        capabilities: ["tools", "json_schema", "json_object", "reasoning", "something else"],
        quantization: "fp8",
        pricing: { prompt: "0.1", completion: "1.000001", input_cache_read: "0.05", image: "0.5", request: "0.001" },
      }),
      plainOffer("bare"),
    ]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  describe("for clients of OpenRouter", { skip: openRouter.skip }, () => {
    let description: Description;
    before(() => {
      description = parse(readFileSync(openRouter.path ?? "", "utf8")) as Description;
      delete description.components.schemas["ProviderName"]?.enum; // a closed list of theirs; ours are wallets
    });

    test("show models as theirs", async () => {
      assertFits(description, "/components/schemas/ModelsListResponse", await get("/api/v1/models"));
      for (const id of ["acme/full", "community/bare"]) {
        const { data } = (await get(`/api/v1/models/${id}`)) as { data: unknown };
        assertFits(description, "/components/schemas/Model", data);
      }
    });

    test("show a model's endpoints as theirs", async () => {
      const { data } = (await get("/api/v1/models/acme/full/endpoints")) as { data: unknown };
      assertFits(description, "/components/schemas/ListEndpointsResponse", data);
    });

    test("show providers as theirs", async () => {
      const pointer = "/paths/~1providers/get/responses/200/content/application~1json/schema";
      assertFits(description, pointer, await get("/api/v1/providers"));
    });
  });

  describe("for clients of OpenAI", { skip: openAi.skip }, () => {
    let description: Description;
    before(() => void (description = JSON.parse(readFileSync(openAi.path ?? "", "utf8")) as Description));

    test("show models as theirs", async () => {
      assertFits(description, "/components/schemas/ListModelsResponse", await get("/v1/models"));
      assertFits(description, "/components/schemas/Model", await get("/v1/models/acme%2Ffull"));
    });
  });
});
