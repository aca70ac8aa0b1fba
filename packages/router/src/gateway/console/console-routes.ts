// GET /: the web console, or a sentence where there is none.
import { hash } from "node:crypto";
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { createCompressor } from "../models/prepared-answer.ts";
import type { Coding } from "../models/negotiation.ts";
import { chooseCoding, isKnown } from "../models/negotiation.ts";
import { contentSecurityPolicy, PAGE_HEADERS } from "./page-headers.ts";
import type { ConsoleFile, ConsoleFiles } from "./read-console.ts";
import { chosenRpcOrigin, policyOrigin } from "./rpc-cookie.ts";

/** What serving the console needs. */
export interface ConsoleDeps {
  /** Undefined where this router has no console. */
  readonly console: ConsoleFiles | undefined;
  /** Where clients reach this router. */
  url(): string;
  /** The RPC node that everybody is told; undefined where there is none. */
  publicRpcUrl(): Promise<string | undefined>;
}

const BROTLI_QUALITY = 8; // files are compressed once: a tenth smaller than by 4, in a twentieth of a second for the largest
const FOREVER = "public, max-age=31536000, immutable"; // names in there hold a hash of what is in the file
const RESERVED = /^\/(?:api|v1|\.well-known|assets|healthz|readyz|metrics)(?:\/|$)/;
const NAMES_WITH_DOTS = /^\/(?:models|providers)\//;

/** The path that is asked for; some clients send a whole URL, and its host says nothing. */
function pathOf({ url }: FastifyRequest): string {
  const [path = ""] = url.replace(/^https?:\/\/[^/?]*/i, "").split("?", 1);
  return path === "" ? "/" : path;
}

/** Whether somebody opens an address of the page in a browser. What has a dot in its last part was meant to be a file. */
function isNavigation(path: string, accept: string | undefined): boolean {
  if (RESERVED.test(path) || !/(?:^|[\s,])text\/html(?:[\s,;]|$)/i.test(accept ?? "")) return false;
  return NAMES_WITH_DOTS.test(path) || !path.slice(path.lastIndexOf("/")).includes(".");
}

function codingFor({ headers }: FastifyRequest, { isText }: ConsoleFile): Coding {
  const accepted = headers["accept-encoding"];
  return isText ? chooseCoding(typeof accepted === "string" ? accepted : undefined) : "identity";
}

function createSend() {
  const compressor = createCompressor(BROTLI_QUALITY);
  /** `variant` tells forms apart that differ in their headers alone. */
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    file: ConsoleFile,
    variant: string = "",
  ): Promise<FastifyReply> => {
    const coding = codingFor(request, file);
    const tag = file.answer.tag(coding).replace(/"$/, `${variant}"`);
    reply.header("vary", "accept-encoding").header("etag", tag);
    if (isKnown(request.headers["if-none-match"], tag)) return reply.code(304).send();
    if (coding !== "identity") reply.header("content-encoding", coding);
    return reply.type(file.contentType).send(await file.answer.form(coding, compressor));
  };
}

function createServe(files: ConsoleFiles, { publicRpcUrl }: ConsoleDeps) {
  const send = createSend();
  const sendPage = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { cookie } = request.headers;
    const own = policyOrigin((await publicRpcUrl()) ?? "");
    const origins = new Set([own, chosenRpcOrigin(cookie)].filter((origin) => origin !== undefined));
    const policy = contentSecurityPolicy([...origins]);
    reply.headers(PAGE_HEADERS).header("content-security-policy", policy);
    // With a cookie the policy may be one person's, which no cache between may give to another.
    reply.header("cache-control", cookie === undefined ? "no-cache" : "private, no-cache");
    // Who has the page with another policy has another page.
    return await send(request, reply, files.page, `-${hash("sha256", policy, "base64url").slice(0, 8)}`);
  };
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = pathOf(request);
    const file = files.byPath.get(path);
    if (file === files.page || (file === undefined && isNavigation(path, request.headers.accept))) {
      return await sendPage(request, reply);
    }
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    reply.header("cache-control", path.startsWith("/assets/") ? FOREVER : "no-cache");
    return await send(request, reply, file);
  };
}

/** Creates the routes: files by their names, the page for all else that a browser opens, and what was not found before. */
export function consoleRoutes(deps: ConsoleDeps): FastifyPluginCallback {
  const { console: files, url } = deps;
  return (scope, _options, next) => {
    const schema = { hide: true };
    if (files !== undefined) scope.get("/*", { schema }, createServe(files, deps));
    else {
      scope.get("/", { schema }, (_request, reply) =>
        reply
          .type("text/plain; charset=utf-8")
          .send(`This is an AiMo router: its API is at ${url()}/api/v1, and its web console is not installed.\n`),
      );
    }
    next();
  };
}
