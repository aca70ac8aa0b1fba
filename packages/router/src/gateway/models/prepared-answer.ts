// Answers that many ask for: made once, kept as bytes, compressed once, and not sent to who has them.
import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { keepForMany } from "../unread-answers.ts";
import { COMPRESSED_BYTES_MIN, COMPRESSIONS_AT_ONCE_MAX } from "./limits.ts";
import type { Coding } from "./negotiation.ts";
import { chooseCoding, isKnown } from "./negotiation.ts";

const GZIP_LEVEL = 4; // of these lists level 6 makes a tenth less in twice the time
const BROTLI_QUALITY = 4; // from 5 on it takes much more memory

const gzipped = promisify(gzip);
const brotli = promisify(brotliCompress);

/** Compresses answers, a few at once. */
export interface Compressor {
  /** Undefined where enough others are being compressed; what is asked for most is compressed anyway. */
  compress(bytes: Buffer, coding: Exclude<Coding, "identity">, isCommon: boolean): Promise<Buffer> | undefined;
}

/** Creates one that compresses a few at once, by Node's threads. */
export function createCompressor(brotliQuality: number = BROTLI_QUALITY): Compressor {
  let running = 0;
  const run = async (bytes: Buffer, coding: Exclude<Coding, "identity">): Promise<Buffer> => {
    running += 1;
    try {
      if (coding === "gzip") return await gzipped(bytes, { level: GZIP_LEVEL });
      const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: size } = constants;
      return await brotli(bytes, { params: { [quality]: brotliQuality, [size]: bytes.length } });
    } finally {
      running -= 1;
    }
  };
  return {
    compress: (bytes, coding, isCommon) =>
      isCommon || running < COMPRESSIONS_AT_ONCE_MAX ? run(bytes, coding) : undefined,
  };
}

/** A prepared answer: JSON, and its compressed forms once somebody has asked for them. */
export class PreparedAnswer {
  readonly plain: Buffer;
  readonly #isCommon: boolean;
  readonly #digest: string;
  readonly #compressed = new Map<Coding, Buffer | Promise<Buffer>>();

  constructor(plain: Buffer, { isCommon = false } = {}) {
    this.plain = keepForMany(plain);
    this.#isCommon = isCommon;
    this.#digest = hash("sha256", plain, "base64url");
  }

  /** The strong tag of one form. */
  tag(coding: Coding): string {
    return coding === "identity" ? `"${this.#digest}"` : `"${this.#digest}-${coding}"`;
  }

  /** The form's bytes, where it is there or can be made now. */
  form(coding: Coding, compressor: Compressor): Buffer | Promise<Buffer> | undefined {
    if (coding === "identity") return this.plain;
    const known = this.#compressed.get(coding);
    if (known !== undefined) return known;
    const making = compressor.compress(this.plain, coding, this.#isCommon)?.then(
      (bytes) => {
        this.#compressed.set(coding, keepForMany(bytes));
        return bytes;
      },
      (error: unknown) => {
        this.#compressed.delete(coding); // the next who asks may have more luck
        throw error;
      },
    );
    if (making !== undefined) this.#compressed.set(coding, making);
    return making;
  }
}

function codingFor(request: FastifyRequest, { plain }: PreparedAnswer): Coding {
  const accepted = request.headers["accept-encoding"];
  const header = typeof accepted === "string" ? accepted : undefined;
  return plain.length < COMPRESSED_BYTES_MIN ? "identity" : chooseCoding(header);
}

/** Sends an answer in the best form that its client takes, or says that the client has it; a personal one nobody keeps. */
export async function sendPrepared(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: PreparedAnswer,
  compressor: Compressor,
  { isPersonal = false } = {},
): Promise<FastifyReply> {
  // With credentials nothing is kept by others; but it is nobody's secret, so that a client may keep it and ask again.
  const hasCredentials = reply.getHeader("cache-control") === "no-store";
  const forOne = isPersonal ? "no-store" : "private, no-cache";
  reply.header("cache-control", hasCredentials ? forOne : "public, max-age=1, must-revalidate");
  reply.header("vary", "accept-encoding");
  const wanted = codingFor(request, answer);
  if (isKnown(request.headers["if-none-match"], answer.tag(wanted))) {
    return reply.code(304).header("etag", answer.tag(wanted)).send();
  }
  const form = answer.form(wanted, compressor);
  const coding = form === undefined ? "identity" : wanted;
  if (coding !== "identity") reply.header("content-encoding", coding);
  return reply
    .header("etag", answer.tag(coding))
    .type("application/json; charset=utf-8")
    .send(form === undefined ? answer.plain : await form);
}
