// The types of a router's answers, from the OpenAPI document it gives of itself.
import openapi, { astToString } from "openapi-typescript";

const HEAD = "// Written by `npm run types` from a router's OpenAPI document: change the router's schemas, not this.\n";

/** The text of `src/api/generated/schema.d.ts` for a document; throws for what is no OpenAPI 3. */
export async function apiTypes(document: object): Promise<string> {
  return HEAD + astToString(await openapi(JSON.stringify(document), { alphabetize: true }));
}
