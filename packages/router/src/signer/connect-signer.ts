// The router's side of a signer in a process of its own: every call is one short request to its socket.
import { request as httpRequest } from "node:http";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { ANSWER_BYTES_MAX, ANSWER_MS, HEADERS_BYTES_MAX, REQUESTS_WAITING_MAX } from "./limits.ts";
import { refusal } from "./refuse.ts";
import type { Signer } from "./signer.ts";
import type { SigningAnswers, SigningRequest } from "./signing-calls.ts";
import { readAnswer } from "./signing-calls.ts";

/** What reaching a signer needs. */
export interface ConnectSignerDeps {
  readonly clock: Clock;
}

interface Reply {
  readonly isOk: boolean;
  readonly body: string;
}

/** Sends one request; rejects where nobody answers in time, or with too much. */
function send(clock: Clock, socketPath: string, body: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const options = { socketPath, path: "/", method: "POST", headers, agent: false, maxHeaderSize: HEADERS_BYTES_MAX };
    const request = httpRequest(options);
    const timer = clock.timer(ANSWER_MS, () => request.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    request.on("close", () => timer.cancel());
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) request.destroy(new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`));
        else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ isOk: response.statusCode === 200, body: Buffer.concat(chunks).toString() }));
    });
    request.end(body);
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** Calls for one signer. */
class Calls {
  readonly #clock: Clock;
  readonly #path: string;
  #waiting = 0;

  constructor(clock: Clock, path: string) {
    this.#clock = clock;
    this.#path = path;
  }

  async ask<Kind extends SigningRequest["sign"]>(
    kind: Kind,
    what: Omit<Extract<SigningRequest, { sign: Kind }>, "sign">,
  ): Promise<SigningAnswers[Kind]> {
    if (this.#waiting >= REQUESTS_WAITING_MAX) throw new AimoError("overloaded", { what: "the router's signer" });
    this.#waiting += 1;
    const expected = `a signer at ${this.#path}`;
    try {
      const { isOk, body } = await send(this.#clock, this.#path, JSON.stringify({ sign: kind, ...what })).catch(
        (cause: unknown) => {
          throw refusal("unreachable", { expected, found: wordsOf(cause) }, { cause });
        },
      );
      const answer = readAnswer(kind, isOk, body);
      if (answer === undefined) throw refusal("unreachable", { expected, found: "an answer that is none" });
      if (answer instanceof AimoError) throw answer;
      return answer;
    } finally {
      this.#waiting -= 1;
    }
  }
}

function withHeight<Told extends { readonly lastValidBlockHeight: string }>(
  told: Told,
): Omit<Told, "lastValidBlockHeight"> & { readonly lastValidBlockHeight: bigint } {
  return { ...told, lastValidBlockHeight: BigInt(told.lastValidBlockHeight) };
}

/** Connects to the signer at a path; rejects with `signing_refused` where nobody answers there. */
export async function connectSigner(path: string, { clock }: ConnectSignerDeps): Promise<Signer> {
  const calls = new Calls(clock, path);
  const { settler, cosigner } = await calls.ask("nothing", {});
  return {
    addresses: { settler, cosigner },
    signBatch: async (batchId) => withHeight(await calls.ask("batch", { id: batchId.toString() })),
    signRegistration: async (providers) => withHeight(await calls.ask("registration", { providers: [...providers] })),
    signWithdrawal: async (id) => withHeight(await calls.ask("withdrawal", { id })),
    signTable: async (step) => {
      const plain = step.kind === "extend" ? { ...step, addresses: [...step.addresses] } : step;
      return withHeight(await calls.ask("table", { step: plain }));
    },
  };
}
