// How soon the console's first page has its content in a browser that has never been there, beside a plain page's.
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalnet } from "@aimo-network/localnet/localnet";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";
import type { BenchCase, BenchTools } from "../bench-case.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const VISITS_MIN = 5; // of a fresh profile each
const CONTENT_MS_MAX = 1_000;
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const PLAIN = `<!doctype html><html lang="en"><title>Plain</title><main><h1>Plain</h1><a href="/models/a/b">A model</a></main></html>`;
/** Notes in the page when its first model is there to be read, and not only a frame around it. */
const WATCH = `(() => {
  const note = () => { if (document.querySelector("main a[href^='/models/']") !== null) globalThis.contentMs ??= performance.now(); };
  new MutationObserver(note).observe(document, { subtree: true, childList: true });
  document.addEventListener("DOMContentLoaded", note);
})()`;

interface Visit {
  /** Milliseconds from the start of the navigation until anything is painted. */
  readonly paintMs: number;
  /** The same until the models are listed. */
  readonly contentMs: number;
}

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    await page.goto(url, { waitUntil: "load" });
    await page.locator("main a[href^='/models/']").first().waitFor();
    return await page.evaluate<Visit>(`new Promise((resolve) => requestAnimationFrame(() => resolve({
      paintMs: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      contentMs: globalThis.contentMs,
    })))`);
  } finally {
    await context.close();
  }
}

async function onPlainPage<Outcome>(look: (url: string) => Promise<Outcome>): Promise<Outcome> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PLAIN);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await look(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function onConsole<Outcome>(tools: BenchTools, look: (url: string) => Promise<Outcome>): Promise<Outcome> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "aimo-bench-"));
  const options = { port: 0, dataDirectory, fresh: false, withProvider: true, withConsole: true };
  const localnet = await startLocalnet(options, { ...tools, onLine: () => undefined });
  try {
    return await look(`${localnet.file.router_url}/`);
  } finally {
    await localnet.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

function figuresOf(console: readonly Visit[], plain: readonly Visit[]): Figure[] {
  const table = "First content of the console in a fresh browser profile";
  const ratios = (of: (one: Visit) => number): number[] =>
    console.map((one, index) => of(one) / of(plain[index] ?? { paintMs: Number.NaN, contentMs: Number.NaN }));
  const rows = [
    ["first paint", (one: Visit) => one.paintMs],
    ["models listed", (one: Visit) => one.contentMs],
  ] as const;
  return rows.flatMap(([row, of]) => {
    const about = { table, case: row };
    return [
      figure({ ...about, what: "plain page ms", digits: 0 }, plain.map(of)),
      figure({ ...about, what: "console ms", digits: 0, atMost: CONTENT_MS_MAX }, console.map(of)),
      figure({ ...about, what: "console / plain", digits: 2, better: "lower" }, ratios(of)),
    ];
  });
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  const executablePath = [tools.environment["AIMO_CHROMIUM"] ?? "", ...BROWSERS].find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("console: expected Chromium. On Debian: apt-get install chromium");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    return await onConsole(tools, (consoleUrl) =>
      onPlainPage(async (plainUrl) => {
        tools.say("visiting the console");
        for (const url of [consoleUrl, plainUrl]) await visit(browser, url); // warm-up, not counted
        const visits = Math.max(VISITS_MIN, tools.rounds);
        const [console, plain]: [Visit[], Visit[]] = [[], []];
        for (let round = 0; round < visits; round += 1) {
          plain.push(await visit(browser, plainUrl));
          console.push(await visit(browser, consoleUrl));
        }
        return figuresOf(console, plain);
      }),
    );
  } finally {
    await browser.close();
  }
}

/** The subject. */
export const CONSOLE_FIRST_CONTENT: BenchCase = { name: "console-first-content", measure };
