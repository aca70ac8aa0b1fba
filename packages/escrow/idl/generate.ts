// What is made from the description: the description as JSON, for other tools, and the client in TypeScript.
import { strict as assert } from "node:assert";
import { getRenderMapVisitor } from "@codama/renderers-js";
import { visit } from "codama";
import { format } from "oxfmt";
import { toErasableSyntax } from "./erasable-syntax.ts";
import { program } from "./program.ts";

/** The folder that holds nothing but the generated client. */
export const CLIENT_FOLDER = "src/generated";

// As in .oxfmtrc.json, which holds for the JSON file but leaves generated folders out.
const PRINT_WIDTH = 120;

async function formatted(path: string, text: string): Promise<string> {
  const { code, errors } = await format(path, text, { printWidth: PRINT_WIDTH });
  assert.deepEqual(errors, [], `${path} was made wrongly`);
  return code;
}

/** Every generated file by its path from the package's folder; the same each time. */
export async function generateFiles(): Promise<Map<string, string>> {
  const rendered = visit(program, getRenderMapVisitor({ kitImportStrategy: "rootOnly" }));
  const sources = toErasableSyntax(new Map([...rendered].map(([path, { content }]) => [path, content])));
  const files = [
    ["idl/aimo_escrow.json", JSON.stringify(program)] as const,
    ...[...sources].map(([path, source]) => [`${CLIENT_FOLDER}/${path}`, source] as const),
  ];
  return new Map(await Promise.all(files.map(async ([path, text]) => [path, await formatted(path, text)] as const)));
}
