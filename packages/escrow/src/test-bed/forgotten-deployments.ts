// Finds where a source forgets the deployment: what a call of the generated client leaves out would be the localnet's.
import assert from "node:assert/strict";
import { Visitor, parseSync } from "oxc-parser";
import type { ImportDeclarationSpecifier } from "oxc-parser";

// What the generated client makes for one deployment: instructions and derived addresses.
const MADE = /^(get\w+Instruction(Async)?|find\w+Pda)$/;
const LOCALNET = "AIMO_ESCROW_PROGRAM_ADDRESS";

/** Whether an import keeps its name, so that its calls are known by it. */
function isPlain(specifier: ImportDeclarationSpecifier): boolean {
  if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") return false;
  return specifier.imported.name === specifier.local.name;
}

/** What of a source would be the localnet's wherever it runs. */
export function findForgottenDeployments(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source);
  assert.deepEqual(errors, [], path);
  const made = new Set<string>();
  const found: string[] = [];
  new Visitor({
    ImportDeclaration({ source: from, specifiers }) {
      if (!from.value.includes("/generated/")) return;
      for (const specifier of specifiers) {
        const { name } = specifier.local;
        if (!isPlain(specifier) || name === LOCALNET) found.push(`${path}: ${name}`);
        else if (MADE.test(name)) made.add(name);
      }
    },
    CallExpression({ callee, arguments: given }) {
      if (callee.type !== "Identifier" || !made.has(callee.name)) return;
      if (given.length !== 2) found.push(`${path}: ${callee.name}`);
    },
  }).visit(program);
  return found;
}
