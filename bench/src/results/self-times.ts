// Where a process spent its time: the functions of a `.cpuprofile` with their own time, without what they called.

/** The parts of a CPU profile, as V8 writes it, that are needed here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** One function's own time as a share of all time that was not idle. */
export interface SelfTime {
  readonly where: string;
  readonly share: number;
}

const IDLE = "(idle)";

/** A source as a reader of this project knows it: from the folder of the packages on, or from that of the dependencies. */
function shortUrl(url: string): string {
  return url.replace(/^.*\/(?=(packages|bench|node_modules)\/)/, "").replace(/^file:\/\//, "");
}

function placeOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  return url === "" ? name : `${name} ${shortUrl(url)}:${lineNumber + 1}`;
}

/** Functions by their own time, the greatest first; a function called from several places counts once. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const place = places.get(id) ?? "(unknown)";
    // A sample stands for the time until the next one: a delta is what passed before its own sample.
    times.set(place, (times.get(place) ?? 0) + (timeDeltas[index + 1] ?? 0));
  }
  times.delete(IDLE);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([where, time]) => ({ where, share: time / total }))
    .toSorted((one, other) => other.share - one.share);
}
