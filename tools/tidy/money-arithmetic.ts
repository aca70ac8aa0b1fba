// House rule: where money is counted, nothing turns it into a floating-point number.
import { Visitor } from "oxc-parser";
import { isCode, isTestCode } from "./project-file.ts";
import type { Finding, HouseRule } from "./project-file.ts";

// The embedded database's own folder starts processes and knows no amount.
const MONEY =
  /^packages\/(router\/src\/(billing|ledger(?!\/database\/embedded))\/|escrow\/src\/|protocol\/src\/(money|price)\.ts$)/;
const CALLS = new Set(["Number", "parseFloat", "parseInt"]);
const MEMBERS = new Set(["parseFloat", "parseInt", "toFixed", "toPrecision"]);

/** Finds conversions to floating-point numbers in the ledger, billing, the escrow, money and prices. */
export const findMoneyArithmetic: HouseRule = (files) =>
  files
    .filter((file) => isCode(file) && !isTestCode(file) && MONEY.test(file.path))
    .flatMap((file) => {
      const found: Finding[] = [];
      const report = (start: number, what: string): void => {
        const advice = `${what}: money stays a bigint; format it with money.ts and divide with divide()`;
        found.push({ path: file.path, line: file.lineAt(start), advice });
      };
      new Visitor({
        CallExpression({ callee, start }) {
          if (callee.type === "Identifier" && CALLS.has(callee.name)) report(start, `${callee.name}(…)`);
        },
        MemberExpression({ property, start }) {
          if (property.type === "Identifier" && MEMBERS.has(property.name)) report(start, `.${property.name}`);
        },
        UnaryExpression({ operator, start }) {
          if (operator === "+") report(start, "unary plus");
        },
      }).visit(file.syntax.program);
      return found;
    });
