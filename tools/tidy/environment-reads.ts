// House rule: the environment is read where a program starts or reads its configuration, nowhere else.
import { Visitor } from "oxc-parser";
import { isCode, isTestCode } from "./project-file.ts";
import type { Finding, HouseRule } from "./project-file.ts";

const READERS = /^(e2e|tools)\/|\/(config|main)\.ts$/;

/** Finds reads of `process.env` outside `config.ts`, `main.ts`, the tools and tests. */
export const findEnvironmentReads: HouseRule = (files) =>
  files
    .filter((file) => isCode(file) && !isTestCode(file) && !READERS.test(file.path))
    .flatMap((file) => {
      const found: Finding[] = [];
      const report = (start: number): void => {
        const advice = "process.env: read it in config.ts or main.ts and pass the value in";
        found.push({ path: file.path, line: file.lineAt(start), advice });
      };
      new Visitor({
        MemberExpression({ object, property, start }) {
          if (object.type !== "Identifier" || object.name !== "process" || property.type !== "Identifier") return;
          if (property.name === "env") report(start);
        },
        VariableDeclarator({ id, init, start }) {
          if (init?.type !== "Identifier" || init.name !== "process" || id.type !== "ObjectPattern") return;
          const names = id.properties.map((part) =>
            part.type === "Property" && part.key.type === "Identifier" ? part.key.name : "",
          );
          if (names.includes("env")) report(start);
        },
        ImportDeclaration({ source, specifiers, start }) {
          if (!/^(node:)?process$/.test(source.value)) return;
          const names = specifiers.map((part) =>
            part.type === "ImportSpecifier" && part.imported.type === "Identifier" ? part.imported.name : "",
          );
          if (names.includes("env")) report(start);
        },
      }).visit(file.syntax.program);
      return found;
    });
