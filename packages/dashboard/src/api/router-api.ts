// The router's API, typed by its own OpenAPI document, on the origin that served this page.
import createClient from "openapi-fetch";
import type { Middleware } from "openapi-fetch";
import { ApiFault, isApiFault } from "./api-fault.ts";
import type { paths } from "./generated/schema.d.ts";

const SAFE = new Set(["GET", "HEAD"]);
const UNAUTHORIZED = 401;

let csrfToken: string | undefined;
let tellLoss: (() => void) | undefined;

/** Tells the client the token of the session, or that there is none any more. */
export function keepCsrfToken(token: string | undefined): void {
  csrfToken = token;
}

/** The header that proves that this page makes a request and not another site's; nothing without a session. */
export function csrfHeaders(): Record<string, string> {
  return csrfToken === undefined ? {} : { "x-csrf-token": csrfToken };
}

/** Who is to be told when the router says that nobody is signed in any more. */
export function whenSessionIsLost(tell: () => void): void {
  tellLoss = tell;
}

/** Looks at a refusal that came by another way than `routerApi`, such as a stream: it may say that the session has ended. */
export function noticeRefusal(fault: unknown): void {
  if (isApiFault(fault, "missing_session", "missing_key")) tellLoss?.();
}

const carriesToken: Middleware = {
  onRequest({ request }) {
    if (SAFE.has(request.method)) return;
    for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
  },
  async onResponse({ response, schemaPath }) {
    if (response.status !== UNAUTHORIZED || schemaPath.startsWith("/api/v1/auth/")) return;
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    noticeRefusal(new ApiFault(response.status, body));
  },
};

/** The client: `routerApi.GET("/api/v1/models")`. */
export const routerApi = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  credentials: "same-origin",
});
routerApi.use(carriesToken);

interface Answered<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer; throws `ApiFault` for one that is an error. */
export async function answerOf<Data>(asked: Promise<Answered<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw new ApiFault(response.status, error);
  return data as NonNullable<Data>;
}
