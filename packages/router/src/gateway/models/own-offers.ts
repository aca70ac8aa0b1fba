// GET /provider/offers: a provider's own connections, and what it sells on them.
import type { FastifyPluginCallback } from "fastify";
import { Type } from "typebox";
import type { Links } from "../../providers/links.ts";
import type { AccountReaderDeps } from "../account/account-reader.ts";
import { providerOf } from "../account/account-reader.ts";
import type { Catalogue } from "./catalogue.ts";
import { EndpointShape } from "./endpoint-shapes.ts";
import { sendPrepared } from "./prepared-answer.ts";

/** What this endpoint reads. */
export interface OwnOffersDeps extends AccountReaderDeps {
  readonly links: Pick<Links, "all">;
  readonly catalogue: Pick<Catalogue, "kept" | "compressor" | "offersOf">;
}

const OwnOffersShape = Type.Object({
  links: Type.Integer({ description: "How many connections it has to this instance" }),
  connections: Type.Array(
    Type.Object({
      connected_since: Type.String({ format: "date-time" }),
      key_id: Type.String({ description: "The key that its proxy connected with" }),
    }),
  ),
  offers: Type.Array(EndpointShape),
});

/** Creates the route. */
export function ownOfferRoutes(deps: OwnOffersDeps): FastifyPluginCallback {
  const { links, catalogue } = deps;
  const connectionsOf = (wallet: string): object[] =>
    [...links.all()]
      .filter((link) => link.wallet === wallet)
      .map(({ connectedAtMs, keyId }) => ({ connected_since: new Date(connectedAtMs).toISOString(), key_id: keyId }));
  return (scope, _options, next) => {
    const schema = {
      summary: "This provider's connections and offers, and why each offer gets the traffic it gets",
      description: "For a session or a key that may serve models.",
      tags: ["Providers"],
      security: [{ session: [] }, { bearer: [] }],
      response: { 200: Type.Object({ data: OwnOffersShape }) },
    };
    scope.get("/provider/offers", { schema }, async (request, reply) => {
      const wallet = await providerOf(deps, request);
      const answer = await catalogue.kept.get(`own offers of ${wallet}`, async () => {
        const connections = connectionsOf(wallet);
        const { json, offers } = await catalogue.offersOf(wallet);
        const head = JSON.stringify({ links: connections.length, connections }).slice(0, -1);
        return { json: `{"data":${head},"offers":${json}}}`, offers };
      });
      return await sendPrepared(request, reply, answer, catalogue.compressor, { isPersonal: true });
    });
    next();
  };
}
