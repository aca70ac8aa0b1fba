// The way of one stream through the proxy: request, checks, upstream, answer, End.
import assert from "node:assert/strict";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { End, RequestHead } from "@aimo-network/protocol/wire/messages";
import type { StreamEvents, WireStream } from "@aimo-network/protocol/wire/stream";
import { Admission } from "./admission.ts";
import type { AttemptTools } from "./attempt.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptOutcome } from "./end.ts";
import { createEnd } from "./end.ts";
import type { Log } from "../log.ts";
import type { ServedModel, Settings } from "./settings.ts";
import { Tally } from "./tally.ts";
import { codeOf } from "./upstream-failure.ts";

/** What a link adds to a new stream. */
export interface StreamSite {
  readonly isDraining: boolean;
  /** Keeps an End until its router acknowledges it; called before the End is sent. */
  keep(end: End): void;
}

/** Serves the streams of all links with one set of settings at a time. */
export interface Server {
  readonly admission: Admission;
  readonly tally: Tally;
  /** Requests from now on are served with these settings; running ones keep theirs. */
  use(settings: Settings): void;
  open(stream: WireStream, head: RequestHead, site: StreamSite): StreamEvents;
}

const MODEL_CHARS_LOGGED_MAX = 64; // of an offer's name; a router may send anything

const INERT: StreamEvents = { lost: () => undefined };

/** Creates a server of streams. */
export function createServer(log: Log, tools: AttemptTools, initial: Settings): Server {
  let settings = initial;
  const admission = new Admission();
  const tally = new Tally();

  const report = ({ end, status, cause }: AttemptOutcome, model: string): void => {
    tally.add(end, status);
    const about = { attempt: end.attempt_id, model, status, upstream_ms: end.upstream_ms };
    if (end.error !== undefined) {
      const { code, phase } = end.error;
      log.warn({ ...about, code, phase, reason: codeOf(cause) || undefined }, "attempt failed");
    } else if (status !== undefined && status > 299) log.warn(about, "upstream refused an attempt");
    else if (!end.cancelled && end.usage === null) log.warn(about, "answer without usage: it is not paid");
    else log.debug({ ...about, cancelled: end.cancelled }, "attempt ended");
  };

  return {
    admission,
    tally,
    use(next) {
      settings = next;
    },
    open(stream, head, site) {
      const { rules, concurrencyMax } = settings;
      try {
        const model = findModel(settings, head, site);
        const address = model.addresses.get(head.endpoint);
        assert(address !== undefined, "a found model serves the endpoint");
        admission.enter(model, head.content_length, concurrencyMax);
        return new Attempt(tools, { head, model, address, rules }, stream, (outcome) => {
          admission.leave(model, head.content_length);
          report(outcome, model.name);
          site.keep(outcome.end);
        });
      } catch (error) {
        if (!isAimoError(error)) throw error;
        const end = refusal(head, tools.clock.monotonic(), error);
        report({ end, status: undefined, cause: undefined }, head.model.slice(0, MODEL_CHARS_LOGGED_MAX));
        site.keep(end);
        stream.sendEnd(end);
        return INERT;
      }
    },
  };
}

function findModel(settings: Settings, head: RequestHead, site: StreamSite): ServedModel {
  if (site.isDraining) throw new AimoError("draining", {});
  const model = settings.models.get(head.model.toLowerCase());
  if (model === undefined) throw new AimoError("model_not_found", { model: head.model, near: [] });
  if (!model.addresses.has(head.endpoint)) throw new AimoError("not_found", { method: "POST", path: head.endpoint });
  return model;
}

function refusal(head: RequestHead, endedAtMs: number, error: AimoError): End {
  return createEnd({
    attemptId: head.attempt_id,
    reader: undefined,
    calledAtMs: undefined,
    firstByteAtMs: undefined,
    endedAtMs,
    cancelled: false,
    error: { code: error.code, message: error.message },
  });
}
