// Answers that take a while to make: kept for a multiple of that time, and made once for all who ask meanwhile.
import { LRUCache } from "lru-cache";
import type { Clock } from "@aimo-network/protocol/clock";
import {
  ANSWERS_KEPT_BYTES_MAX,
  ANSWERS_KEPT_MAX,
  LIST_REST_FACTOR,
  LIST_REST_MS_MAX,
  LIST_SMALL_MAX,
} from "./limits.ts";
import { PreparedAnswer } from "./prepared-answer.ts";

/** JSON, and of how many offers it was made. */
export interface MadeAnswer {
  readonly json: string;
  readonly offers: number;
}

/** Answers by name. */
export interface KeptAnswers {
  get(name: string, make: () => Promise<MadeAnswer> | MadeAnswer): Promise<PreparedAnswer>;
}

/** How long what took `busyMs` to make is shown as it is: what is small is made whenever it is asked for. */
export function restAfter(busyMs: number, offers: number): number {
  return offers <= LIST_SMALL_MAX ? 0 : Math.min(busyMs * LIST_REST_FACTOR, LIST_REST_MS_MAX);
}

interface Kept {
  readonly answer: PreparedAnswer;
  readonly untilMs: number;
}

const FORMS = 1.3; // compressed ones are a tenth of the plain one each

/** Bytes that an answer takes with all its forms. */
export function keptBytes({ plain }: PreparedAnswer): number {
  return Math.ceil(plain.length * FORMS) + 1; // an empty one counts too
}

/** Creates a place where nothing is kept yet. */
export function createKeptAnswers(clock: Clock): KeptAnswers {
  const kept = new LRUCache<string, Kept>({
    max: ANSWERS_KEPT_MAX,
    maxSize: ANSWERS_KEPT_BYTES_MAX,
    sizeCalculation: ({ answer }) => keptBytes(answer),
  });
  const making = new Map<string, Promise<PreparedAnswer>>();

  const make = async (
    name: string,
    made: Promise<MadeAnswer> | MadeAnswer,
    startMs: number,
  ): Promise<PreparedAnswer> => {
    const { json, offers } = await made;
    const known = kept.get(name);
    const fresh = new PreparedAnswer(Buffer.from(json));
    // The same bytes as before are there in all forms already.
    const answer = known?.answer.tag("identity") === fresh.tag("identity") ? known.answer : fresh;
    const endMs = clock.monotonic();
    kept.set(name, { answer, untilMs: endMs + restAfter(endMs - startMs, offers) });
    return answer;
  };

  return {
    async get(name, ask) {
      const known = kept.get(name);
      if (known !== undefined && clock.monotonic() < known.untilMs) return known.answer;
      const running = making.get(name);
      if (running !== undefined) return await running;
      const startMs = clock.monotonic();
      const work = make(name, ask(), startMs);
      making.set(name, work);
      try {
        return await work;
      } finally {
        making.delete(name);
      }
    },
  };
}
