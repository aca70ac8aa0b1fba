// What a 30 MiB body in flight does to the first tokens of small streams on the same link.
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { Times } from "../load/burst.ts";
import type { LoadProcess } from "../load-process.ts";
import { startLoadProcess } from "../load-process.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const BODY_BYTES = 30 * 1024 * 1024;
const STREAMS = 200; // a round, one after the other
const ADDED_MS_MAX = 20;
const WARM_UP_STREAMS = 1_000;
const ways = ["direct", "routed"] as const;
type Way = (typeof ways)[number];

/** What the uploads delayed, round by round: the times beside them less those without. */
interface Added {
  readonly p50Ms: number[];
  readonly p99Ms: number[];
  /** Uploads answered meanwhile: without any, nothing was measured. */
  readonly uploads: number[];
}

async function firstBytes({ network, load }: Site, way: Way, requests: number): Promise<Times> {
  const question = { kind: "stream", stream: true } as const;
  const { firstByte } = await load.run("burst", { target: network[way], question, connections: 1, requests });
  return firstByte;
}

async function measureRound(site: Site, uploader: LoadProcess, way: Way, added: Added): Promise<void> {
  const without = await firstBytes(site, way, STREAMS);
  await uploader.run("company", { kind: "uploads", target: site.network[way], bodyBytes: BODY_BYTES });
  const beside = await firstBytes(site, way, STREAMS);
  const { count } = await uploader.run("dismiss", undefined);
  added.p50Ms.push(beside.p50Ms - without.p50Ms);
  added.p99Ms.push(beside.p99Ms - without.p99Ms);
  added.uploads.push(count);
}

function figures(row: string, { p50Ms, p99Ms, uploads }: Added, atMost?: number): Figure[] {
  const about = {
    table: "First token of a small stream beside 30 MiB uploads, added milliseconds",
    case: row,
    digits: 2,
  };
  return [
    figure({ ...about, what: "p50", ...(atMost !== undefined && { atMost }) }, p50Ms),
    figure({ ...about, what: "p99", ...(atMost !== undefined && { atMost }) }, p99Ms),
    figure({ ...about, what: "uploads meanwhile", digits: 0 }, uploads),
  ];
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const uploader = startLoadProcess();
  try {
    return await onFreshSite(tools, async (site) => {
      tools.say("small streams beside 30 MiB uploads");
      const added: Record<Way, Added> = {
        direct: { p50Ms: [], p99Ms: [], uploads: [] },
        routed: { p50Ms: [], p99Ms: [], uploads: [] },
      };
      for (const way of ways) await firstBytes(site, way, WARM_UP_STREAMS);
      for (let round = 0; round < tools.rounds; round += 1) {
        for (const way of ways) await measureRound(site, uploader, way, added[way]);
      }
      return [...figures("direct", added.direct), ...figures("routed", added.routed, ADDED_MS_MAX)];
    });
  } finally {
    await uploader.stop();
  }
}

/** The subject `upload`. */
export const UPLOAD: BenchCase = { name: "upload", measure };
