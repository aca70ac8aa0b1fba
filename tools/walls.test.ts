import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { lintSamples } from "./lint-samples.ts";

const ROOT = join(import.meta.dirname, "..");
const ROUTER = "packages/router/src";

const ROOMS = [
  ...["gateway", "inspection", "accounts", "market", "providers", "billing", "ledger", "activity", "chain", "signer"],
];

/** What each place may import of ours, as ARCHITECTURE.md says; everything else of ours is behind a wall. */
const OURS: Record<string, readonly string[]> = {
  "packages/protocol/src/probe.ts": [],
  "packages/escrow/src/probe.ts": ["protocol"],
  "packages/escrow/idl/probe.ts": ["protocol"],
  "packages/cli/src/probe.ts": ["protocol", "escrow"],
  "packages/dashboard/src/probe.ts": ["protocol", "escrow"],
  "packages/proxy/src/probe.ts": ["protocol"],
  "packages/proxy/src/link/probe.ts": ["protocol"],
  "packages/proxy/src/probe.test.ts": ["protocol"],
  "packages/localnet/src/probe.ts": ["protocol", "escrow", "router", "proxy", "localnet"],
  [`${ROUTER}/limits.ts`]: ["protocol"],
  [`${ROUTER}/main.ts`]: ["protocol", "signer"],
  [`${ROUTER}/metrics.ts`]: ["protocol"],
  [`${ROUTER}/traces.ts`]: ["protocol"],
  [`${ROUTER}/span-export.ts`]: ["protocol"],
  [`${ROUTER}/router.ts`]: ["protocol", "escrow", ...ROOMS],
  [`${ROUTER}/router.test.ts`]: ["protocol", "escrow", ...ROOMS],
  [`${ROUTER}/ledger/probe.ts`]: ["protocol"],
  [`${ROUTER}/ledger/probe.test.ts`]: ["protocol"],
  [`${ROUTER}/market/probe.ts`]: ["protocol"],
  [`${ROUTER}/providers/probe.ts`]: ["protocol"],
  [`${ROUTER}/providers/admit.ts`]: ["protocol"],
  [`${ROUTER}/chain/probe.ts`]: ["protocol", "escrow"],
  [`${ROUTER}/signer/probe.ts`]: ["protocol", "escrow", "ledger", "chain"],
  [`${ROUTER}/accounts/probe.ts`]: ["protocol", "ledger"],
  [`${ROUTER}/activity/probe.ts`]: ["protocol", "ledger"],
  [`${ROUTER}/billing/probe.ts`]: ["protocol", "ledger", "chain"],
  [`${ROUTER}/gateway/probe.ts`]: ["protocol", "accounts", "market", "providers", "billing", "activity"],
  [`${ROUTER}/inspection/probe.ts`]: ["protocol", "accounts", "market", "providers", "billing"],
};

/** The places where each library is at home. */
const LIBRARIES: Record<string, readonly string[]> = {
  fastify: [
    `${ROUTER}/router.ts`,
    `${ROUTER}/router.test.ts`,
    `${ROUTER}/providers/admit.ts`,
    `${ROUTER}/gateway/probe.ts`,
  ],
  ws: [
    `${ROUTER}/router.ts`,
    `${ROUTER}/router.test.ts`,
    `${ROUTER}/providers/probe.ts`,
    `${ROUTER}/providers/admit.ts`,
    "packages/proxy/src/link/probe.ts",
    "packages/proxy/src/probe.test.ts",
    "packages/localnet/src/probe.ts",
  ],
  pg: [
    `${ROUTER}/router.ts`,
    `${ROUTER}/router.test.ts`,
    `${ROUTER}/ledger/probe.ts`,
    `${ROUTER}/ledger/probe.test.ts`,
    `${ROUTER}/accounts/probe.ts`,
    `${ROUTER}/activity/probe.ts`,
    "packages/localnet/src/probe.ts",
  ],
  "prom-client": [`${ROUTER}/metrics.ts`],
  "@opentelemetry/api": [`${ROUTER}/traces.ts`, `${ROUTER}/span-export.ts`],
  "@solana/kit": [
    "packages/escrow/src/probe.ts",
    "packages/escrow/idl/probe.ts",
    "packages/cli/src/probe.ts",
    "packages/dashboard/src/probe.ts",
    "packages/localnet/src/probe.ts",
    `${ROUTER}/chain/probe.ts`,
    `${ROUTER}/signer/probe.ts`,
  ],
};

const PACKAGES: Record<string, string> = {
  protocol: "@aimo-network/protocol/money",
  escrow: "@aimo-network/escrow/client",
  localnet: "@aimo-network/localnet/start",
  router: "aimo-router/router",
  proxy: "aimo-proxy/serve",
};

/** How a file at `from` would write the import of one of our packages or, inside the router, of a room. */
function specifiers(from: string): Map<string, string> {
  const found = new Map(Object.entries(PACKAGES));
  if (from.startsWith(ROUTER)) {
    const up = dirname(from) === ROUTER ? "." : "..";
    for (const room of ROOMS) found.set(room, `${up}/${room}/thing.ts`);
  }
  return found;
}

/** Lints files made of these lines and returns `path:line` of each forbidden import. */
function forbiddenImports(t: TestContext, files: ReadonlyMap<string, readonly string[]>): Set<string> {
  const texts = new Map([...files].map(([path, lines]) => [path, `${lines.join("\n")}\n`]));
  const walls = ["eslint(no-restricted-imports)", "import(no-nodejs-modules)"];
  const found = lintSamples(t, texts).filter(({ rule }) => walls.includes(rule));
  return new Set(found.map(({ path, line }) => `${path}:${line}`));
}

function importLine(specifier: string): string {
  return `import ${JSON.stringify(specifier)};`;
}

test("each place imports of our packages and rooms exactly what the architecture says", (t) => {
  const files = new Map(Object.keys(OURS).map((from) => [from, [...specifiers(from).values()].map(importLine)]));
  const forbidden = forbiddenImports(t, files);
  for (const [from, allowed] of Object.entries(OURS)) {
    for (const [index, [target, specifier]] of [...specifiers(from)].entries()) {
      if (dirname(from) === `${ROUTER}/${target}`) continue; // a room writes its own files as ./thing.ts
      const isOpen = !forbidden.has(`${from}:${index + 1}`);
      assert.equal(isOpen, allowed.includes(target), `${from} importing ${specifier} is ${isOpen ? "open" : "walled"}`);
    }
  }
});

test("each library is imported only where it is at home", (t) => {
  const names = Object.keys(LIBRARIES);
  const places = Object.keys(OURS);
  const forbidden = forbiddenImports(t, new Map(places.map((place) => [place, names.map(importLine)])));
  for (const place of places) {
    for (const [index, name] of names.entries()) {
      const isOpen = !forbidden.has(`${place}:${index + 1}`);
      assert.equal(
        isOpen,
        LIBRARIES[name]?.includes(place),
        `${place} importing ${name} is ${isOpen ? "open" : "walled"}`,
      );
    }
  }
});

test("a wall stands for every way to write an import, and at every depth of a room", (t) => {
  const ways = [
    'import { x } from "../billing/thing.ts";',
    'import type { X } from "../billing/thing.ts";',
    'export { y } from "../billing/thing.ts";',
    'export * from "../billing/thing.ts";',
    'await import("../billing/thing.ts");',
    'import "../../billing/thing.ts";',
    'import "../router.ts";',
    'import "../config.ts";',
  ];
  const shallow = `${ROUTER}/ledger/probe.ts`;
  const forbidden = forbiddenImports(
    t,
    new Map([
      [shallow, ways],
      [`${ROUTER}/ledger/migrations/probe.ts`, ways],
    ]),
  );
  for (const line of ways.keys()) {
    assert.ok(forbidden.has(`${shallow}:${line + 1}`), ways[line]);
    assert.ok(forbidden.has(`${ROUTER}/ledger/migrations/probe.ts:${line + 1}`), ways[line]);
  }
});

test("a room imports its own files and the limits of its process", (t) => {
  const lines = ["./other.ts", "./deeper/other.ts", "../limits.ts"].map(importLine);
  const files = new Map(ROOMS.map((room) => [`${ROUTER}/${room}/probe.ts`, lines]));
  assert.deepEqual([...forbiddenImports(t, files)], []);
});

test("protocol imports nothing of Node, its tests do", (t) => {
  const lines = ["node:fs", "fs", "node:timers/promises", "@scure/base", "./money.ts"].map(importLine);
  const probe = "packages/protocol/src/wire/probe.ts";
  const files = new Map([
    [probe, lines],
    ["packages/protocol/src/wire/probe.test.ts", lines],
  ]);
  assert.deepEqual(forbiddenImports(t, files), new Set([`${probe}:1`, `${probe}:2`, `${probe}:3`]));
});

test("every folder of the router is a room with walls, or its test bed", () => {
  const folders = readdirSync(join(ROOT, ROUTER), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const config = readFileSync(join(ROOT, ".oxlintrc.json"), "utf8");
  for (const { name } of folders) {
    assert.ok(ROOMS.includes(name) || name === "test-bed", `${name}/ is no room of ARCHITECTURE.md: give it walls`);
    assert.ok(config.includes(`"${ROUTER}/${name}/**"`), `${name}/ has no walls in .oxlintrc.json`);
  }
});
