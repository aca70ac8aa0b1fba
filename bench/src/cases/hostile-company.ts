// What hostile company does to others' requests: sockets that trickle their headers, and sockets that say nothing.
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { LoadProcess } from "../load-process.ts";
import { startLoadProcess } from "../load-process.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const REQUESTS = 4_000; // a round
const CONNECTIONS = 16;
const TRICKLING = 1_000;
const IDLE = 10_000;
const FILES_SPARED = 1_000; // of what a process may open: its own files, and the requests beside the company

type Kind = "trickling-sockets" | "idle-sockets";

interface Round {
  readonly aloneMs: number;
  readonly besideMs: number;
  readonly count: number;
}

/** Files a process of this machine may open; Node raises its own limit to what it is allowed. */
function openFilesMax(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : Infinity;
}

async function p99({ network, load }: Site): Promise<number> {
  const question = { kind: "json", stream: false } as const;
  const order = { target: network.routed, question, connections: CONNECTIONS, requests: REQUESTS };
  return (await load.run("burst", order)).whole.p99Ms;
}

async function measureRound(site: Site, company: LoadProcess, kind: Kind, wanted: number): Promise<Round> {
  const aloneMs = await p99(site);
  await company.run("company", { kind, target: site.network.routed, count: wanted });
  const besideMs = await p99(site);
  const { count } = await company.run("dismiss", undefined);
  return { aloneMs, besideMs, count };
}

function figures(row: string, rounds: readonly Round[]): Figure[] {
  const about = { table: "JSON, 16 connections, beside hostile company", case: row, digits: 2 };
  return [
    figure(
      { ...about, what: "sockets at the end", digits: 0 },
      rounds.map(({ count }) => count),
    ),
    figure(
      { ...about, what: "p99 ms without" },
      rounds.map(({ aloneMs }) => aloneMs),
    ),
    figure(
      { ...about, what: "p99 ms beside" },
      rounds.map(({ besideMs }) => besideMs),
    ),
    figure(
      { ...about, what: "beside / without", better: "lower" },
      rounds.map((one) => one.besideMs / one.aloneMs),
    ),
  ];
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const idle = Math.min(IDLE, openFilesMax() - FILES_SPARED);
  if (idle < IDLE)
    tools.say(`a process may open ${openFilesMax()} files here: ${idle} idle sockets instead of ${IDLE}`);
  const kinds = [
    { kind: "trickling-sockets", row: "sockets that trickle headers", wanted: TRICKLING },
    { kind: "idle-sockets", row: "idle sockets", wanted: idle },
  ] as const;
  const company = startLoadProcess();
  try {
    return await onFreshSite(tools, async (site) => {
      await p99(site); // warm-up, not counted
      const measured: Figure[] = [];
      for (const { kind, row, wanted } of kinds) {
        tools.say(`JSON beside ${wanted} ${row}`);
        const rounds: Round[] = [];
        for (let round = 0; round < tools.rounds; round += 1) {
          rounds.push(await measureRound(site, company, kind, wanted));
        }
        measured.push(...figures(row, rounds));
      }
      return measured;
    });
  } finally {
    await company.stop();
  }
}

/** The subject `company`. */
export const HOSTILE_COMPANY: BenchCase = { name: "company", measure };
