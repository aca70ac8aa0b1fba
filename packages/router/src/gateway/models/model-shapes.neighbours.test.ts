// What this router lists, against what OpenRouter's and OpenAI's own descriptions say that clients may expect.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { findNeighbour } from "../../../../../tools/neighbours.ts";
import { newAddress, offerOf, startCatalogueServer } from "../../test-bed/catalogue-server.ts";
import type { ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";
import { ModelQueryShape, NOT_KNOWN_HERE } from "./model-query-shape.ts";

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
        zdr: true,
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

    test("show pages of models, and how many there are, as theirs", async () => {
      assertFits(
        description,
        "/components/schemas/ModelsListResponse",
        await get("/api/v1/models?limit=1&sort=newest"),
      );
      assertFits(description, "/components/schemas/ModelsCountResponse", await get("/api/v1/models/count?zdr=true"));
    });

    test("show a model's endpoints as theirs", async () => {
      for (const id of ["acme/full", "community/bare"]) {
        const { data } = (await get(`/api/v1/models/${id}/endpoints`)) as { data: unknown };
        assertFits(description, "/components/schemas/ListEndpointsResponse", data);
      }
      const zdr = "/paths/~1endpoints~1zdr/get/responses/200/content/application~1json/schema";
      assertFits(description, zdr, await get("/api/v1/endpoints/zdr"));
    });

    test("show what has been measured as theirs", async (t) => {
      const server = await startCatalogueServer();
      t.after(() => server.close());
      const offerId = `${server.sell([offerOf("acme/m")])}/m`;
      for (let payer = 0; payer < 20; payer += 1) {
        const judgement = { offerId, payerWallet: newAddress(), outcome: "succeeded" as const };
        server.health.judge({ ...judgement, firstOutputMs: 123.4, tokensPerSecond: 56.78 });
      }
      const { data } = await server.get<{ data: { endpoints: { latency_last_30m: object }[] } }>(
        "/api/v1/models/acme/m/endpoints",
      );
      assert.ok(data.endpoints[0]?.latency_last_30m);
      assertFits(description, "/components/schemas/ListEndpointsResponse", data);
      assertFits(description, "/components/schemas/ModelsListResponse", await server.get("/api/v1/models"));
    });

    test("can be asked for with every parameter of theirs, and say of each what they do not know", async () => {
      const theirs = (description as unknown as { paths: Record<string, { get: { parameters: { name: string }[] } }> })
        .paths["/models"]?.get.parameters;
      const known = Object.keys(ModelQueryShape.properties);
      const others = NOT_KNOWN_HERE.map(([name]) => name);
      assert.deepEqual(theirs?.map(({ name }) => name).toSorted(), [...known, ...others].toSorted());
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
