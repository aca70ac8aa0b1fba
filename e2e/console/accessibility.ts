// axe on a page of the console: what people with a screen reader, a keyboard or weak eyes would stumble over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails for every violation on the page as it stands, with the element that has it. */
export async function insistAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(SOURCE); // by the debugger, which the page's policy does not bind
  const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}\n    ${html}\n    ${failureSummary}`),
  );
  assert.deepEqual(found, [], `${what}: axe finds nothing`);
}
