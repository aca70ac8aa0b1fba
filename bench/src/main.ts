// `npm run bench`: the same mock model called directly and through router and proxy, in turn, as ratios.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startChild } from "@aimo-network/localnet/child-process";
import { startLocalnet } from "@aimo-network/localnet/localnet";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Burst, Target } from "./load.ts";
import { burst } from "./load.ts";

interface Case {
  readonly name: string;
  readonly stream: boolean;
  readonly connections: number;
  readonly requests: number;
}

const CASES: readonly Case[] = [
  { name: "JSON, 1 connection", stream: false, connections: 1, requests: 1_000 },
  { name: "JSON, 16 connections", stream: false, connections: 16, requests: 4_000 },
  { name: "JSON, 64 connections", stream: false, connections: 64, requests: 6_000 },
  { name: "streams, 1 connection", stream: true, connections: 1, requests: 300 },
  { name: "streams, 16 connections", stream: true, connections: 16, requests: 1_500 },
  { name: "streams, 64 connections", stream: true, connections: 64, requests: 2_000 },
];

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);

function target(base: string, key: string, model: string, stream: boolean): Target {
  const url = new URL(`${base}/chat/completions`);
  return {
    origin: url.origin,
    path: url.pathname,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello, how are you today?" }], stream }),
  };
}

function spread(numbers: readonly number[], digits: number): string {
  const sorted = numbers.toSorted((one, other) => one - other);
  const show = (value: number | undefined): string => (value ?? Number.NaN).toFixed(digits);
  return `${show(sorted[Math.floor(sorted.length / 2)])} (${show(sorted[0])}–${show(sorted.at(-1))})`;
}

function report(name: string, direct: readonly Burst[], routed: readonly Burst[]): void {
  const ratio = routed.map((one, round) => one.perSecond / (direct[round]?.perSecond ?? Number.NaN));
  const added = routed.map((one, round) => one.p50Ms - (direct[round]?.p50Ms ?? Number.NaN));
  const first = routed.map((one, round) => one.firstByteP50Ms - (direct[round]?.firstByteP50Ms ?? Number.NaN));
  const rate = (bursts: readonly Burst[]): string =>
    spread(
      bursts.map(({ perSecond }) => perSecond),
      0,
    );
  console.log(
    `| ${name} | ${rate(direct)} | ${rate(routed)} | ${spread(ratio, 2)} | ${spread(added, 2)} | ${spread(first, 2)} |`,
  );
}

const directory = mkdtempSync(join(tmpdir(), "aimo-bench-"));
const mock = startChild(
  systemClock,
  { name: "mock-upstream", entry: new URL("./mock-upstream.ts", import.meta.url) },
  process.env,
  () => undefined,
);
const upstreamUrl = await mock.firstLine((line) => (JSON.parse(line) as { url: string }).url);
const network = await startLocalnet(
  {
    port: 0,
    dataDirectory: directory,
    fresh: false,
    withProvider: true,
    upstream: { url: upstreamUrl, models: ["bench"], author: "mock" },
  },
  { clock: systemClock, environment: process.env, onLine: () => undefined },
);
try {
  console.log(`Medians of ${rounds} interleaved rounds (min–max); node ${process.version}.\n`);
  console.log("| case | direct /s | routed /s | ratio | added p50 ms | added first byte ms |");
  console.log("|---|---|---|---|---|---|");
  for (const { name, stream, connections, requests } of CASES) {
    const direct = target(upstreamUrl, "none", "bench", stream);
    const routed = target(`${network.file.router_url}/api/v1`, network.file.user.api_key, network.file.model, stream);
    const bursts: { direct: Burst[]; routed: Burst[] } = { direct: [], routed: [] };
    for (const one of [direct, routed]) await burst(one, connections, requests / 4); // warm-up, not counted
    for (let round = 0; round < rounds; round += 1) {
      bursts.direct.push(await burst(direct, connections, requests));
      bursts.routed.push(await burst(routed, connections, requests));
    }
    report(name, bursts.direct, bursts.routed);
  }
} finally {
  await network.stop();
  await mock.stop();
  rmSync(directory, { recursive: true, force: true });
}
