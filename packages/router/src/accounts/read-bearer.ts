// Where a request carries its key.

/** Where a request's headers may carry a bearer. */
export interface BearerHeaders {
  readonly authorization?: string | undefined;
  readonly "x-api-key"?: string | readonly string[] | undefined;
}

/** Reads the key out of an `Authorization` header; undefined where there is none. */
export function readBearer(authorization: string | undefined): string | undefined {
  const match = /^bearer +(\S+) *$/i.exec(authorization ?? "");
  return match?.[1];
}

/** The bearer that a request's headers carry, as OpenAI's clients send it or as Anthropic's do; undefined where there is none. */
export function bearerOf(headers: BearerHeaders): string | undefined {
  const own = headers["x-api-key"];
  return readBearer(headers.authorization) ?? (typeof own === "string" ? own : undefined);
}
