import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createKeyPairSignerFromBytes } from "@solana/kit";
import { pascalCase, snakeCase } from "codama";
import type {
  AccountNode,
  InstructionAccountNode,
  InstructionArgumentNode,
  InstructionNode,
  PdaNode,
  StructFieldTypeNode,
  TypeNode,
} from "codama";
import { program as root } from "./program.ts";

const { program } = root;
const PACKAGE = join(import.meta.dirname, "..");
const page = readFileSync(join(PACKAGE, "..", "..", "docs", "escrow.md"), "utf8");

/** What stands under a heading of the page. */
function section(heading: string): string {
  const found = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  assert.ok(found !== undefined, `docs/escrow.md has a heading ${heading}`);
  return found;
}

/** The rows of tables as cells, without headers and rules. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => /^\|\s*\d*\s*\|/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What the page says between these words and the next full stop, the first time. */
function saidAfter(words: string): string {
  const start = page.indexOf(words);
  assert.ok(start >= 0, `docs/escrow.md says: ${words}`);
  return page.slice(start + words.length, page.indexOf(".", start + words.length));
}

function structOf(name: string): readonly StructFieldTypeNode[] {
  const type = program.definedTypes.find((defined) => defined.name === name)?.type;
  assert.ok(type?.kind === "structTypeNode", `${name} is a struct of the description`);
  return type.fields;
}

function sizeOf(type: TypeNode): number {
  if (type.kind === "numberTypeNode") return Number(type.format.slice(1)) / 8;
  if (type.kind === "publicKeyTypeNode") return 32;
  if (type.kind === "fixedSizeTypeNode") return type.size;
  if (type.kind === "definedTypeLinkNode") return sum(structOf(type.name).map((field) => sizeOf(field.type)));
  assert.ok(type.kind === "arrayTypeNode" && type.count.kind === "fixedCountNode", `${type.kind} has a fixed size`);
  return sizeOf(type.item) * type.count.value;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A type as the page writes it. */
function written(type: TypeNode): string {
  if (type.kind === "numberTypeNode") return type.format;
  if (type.kind === "publicKeyTypeNode") return "pubkey";
  if (type.kind === "definedTypeLinkNode") return pascalCase(type.name);
  if (type.kind === "fixedSizeTypeNode") return `[u8; ${type.size}]`;
  if (type.kind === "sizePrefixTypeNode") return `(${written(type.prefix)} length, bytes)`;
  assert.ok(type.kind === "arrayTypeNode", `the page has no words for a ${type.kind}`);
  if (type.count.kind === "fixedCountNode") return `[${written(type.item)}; ${type.count.value}]`;
  assert.ok(type.count.kind === "prefixedCountNode");
  return `(${written(type.count.prefix)} count, then ${sizeOf(type.item)} bytes each)`;
}

function layoutOf(account: AccountNode): string[][] {
  assert.ok(account.data.kind === "structTypeNode");
  let offset = 0;
  return account.data.fields.map(({ name, type }) => {
    const row = [`${offset}`, snakeCase(name).replace(/^reserved_end$/, "reserved"), written(type)];
    offset += sizeOf(type);
    return row;
  });
}

function seedsOf({ seeds }: PdaNode): string {
  const names = seeds.map((seed) => {
    if (seed.kind === "variablePdaSeedNode") return snakeCase(seed.name);
    assert.ok(seed.value.kind === "stringValueNode");
    return `"${seed.value.string}"`;
  });
  return names.join(", ");
}

function pda(name: string): PdaNode {
  const found = program.pdas.find((candidate) => candidate.name === name);
  assert.ok(found !== undefined, `${name} is a derived address of the description`);
  return found;
}

function constantOf(fields: readonly (StructFieldTypeNode | InstructionArgumentNode)[], name: string): number {
  const field = fields.find((candidate) => candidate.name === name);
  assert.ok(field?.defaultValue?.kind === "numberValueNode" && field.defaultValueStrategy === "omitted", name);
  return field.defaultValue.number;
}

function accountWritten({ name, isWritable, isSigner }: InstructionAccountNode): string {
  const role = `${isWritable ? "w" : ""}${isSigner === "either" ? "s?" : isSigner ? "s" : ""}`;
  return `${snakeCase(name)}${role === "" ? "" : ` \`${role}\``}`;
}

function instructionWritten(instruction: InstructionNode): string[] {
  const given = instruction.arguments.filter(({ name }) => name !== "discriminator");
  return [
    `${constantOf(instruction.arguments, "discriminator")}`,
    snakeCase(instruction.name),
    [
      ...instruction.accounts.map(accountWritten),
      ...(instruction.remainingAccounts ?? []).map(
        ({ isWritable = false }) => `then escrows and providers${isWritable ? " `w`" : ""}`,
      ),
    ].join(", "),
    given.map(({ name, type }) => `${snakeCase(name)} ${written(type).replace("pubkey", "k")}`).join(", "),
  ];
}

test("each account has the seeds, the size, the kind and the fields that docs/escrow.md gives it", () => {
  const described = section("Accounts")
    .split(/^(?=`\w+`, seeds )/m)
    .slice(1);
  assert.equal(described.length, program.accounts.length);
  for (const [index, account] of program.accounts.entries()) {
    const text = described[index] ?? "";
    const title = `\`${pascalCase(account.name)}\`, seeds \`${seedsOf(pda(account.name))}\`, `;
    assert.equal(text.split("\n")[0], `${title}${account.size?.toLocaleString("en-US")} bytes:`);
    const rows = rowsOf(text);
    assert.deepEqual(
      layoutOf(account),
      rows.map((row) => row.slice(0, 3)),
    );
    const { fields } = account.data.kind === "structTypeNode" ? account.data : { fields: [] };
    assert.equal(sum(fields.map(({ type }) => sizeOf(type))), account.size);
    assert.equal(`${constantOf(fields, "kind")}`, rows[0]?.[3]);
    assert.equal(`${constantOf(fields, "version")}`, "1");
  }
});

test("vault and vault authority are derived as docs/escrow.md derives them", () => {
  const rows = rowsOf(section("Accounts"));
  for (const [field, name] of [
    ["vault", "vault"],
    ["vault_authority", "authority"],
  ] as const) {
    const meaning = rows.find((row) => row[1] === field)?.[3];
    assert.equal(/^seeds `(.*?)`/.exec(meaning ?? "")?.[1], seedsOf(pda(name)));
  }
});

test("roles, params, entries and the event have the fields that docs/escrow.md gives them", () => {
  const named = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  const names = (fields: readonly StructFieldTypeNode[]): string[] => fields.map(({ name }) => snakeCase(name));
  const typed = (fields: readonly StructFieldTypeNode[]): string[] =>
    fields.map(({ name, type }) => `${snakeCase(name)} ${written(type)}`);

  assert.deepEqual(named(saidAfter("`Roles`, 128 bytes: ")), names(structOf("roles")));
  assert.ok(structOf("roles").every(({ type }) => written(type) === "pubkey"));
  assert.deepEqual(named(saidAfter("`Params`, 56 bytes, each a u64: ")), names(structOf("params")));
  assert.ok(structOf("params").every(({ type }) => written(type) === "u64"));
  const entry = saidAfter("An entry of a batch is ").replace(/ \(.*?\)/, "");
  assert.deepEqual(entry.split(", "), typed(structOf("settlementEntry")));

  const event = structOf("settleEvent");
  const head = `0x0${constantOf(event, "kind")}, ${typed(event.slice(1, -1)).join(", ")}`;
  assert.ok(saidAfter("`settle_batch` logs one line (`Program data:`): ").startsWith(`${head}, then for each entry`));
  const applied = event.at(-1)?.type;
  assert.ok(applied?.kind === "arrayTypeNode" && applied.count.kind === "remainderCountNode");
  assert.equal(written(applied.item), "u64");
});

test("each instruction has the number, the accounts and the arguments that docs/escrow.md gives it", () => {
  const rows = rowsOf(section("Instructions"));
  assert.deepEqual(program.instructions.map(instructionWritten), rows);
});

test("each error has the code that docs/escrow.md gives it", () => {
  const documented = rowsOf(section("Errors")).flatMap((cells) =>
    [0, 2, 4].map((column) => ({ code: cells[column] ?? "", name: cells[column + 1] ?? "" })),
  );
  const errors = program.errors.map(({ code, name }) => ({ code: `${code}`, name: pascalCase(name) }));
  const given = documented.filter(({ code }) => code !== "");
  assert.deepEqual(
    errors,
    given.toSorted((one, other) => Number(one.code) - Number(other.code)),
  );
});

test("the program's address is the one of the key that is in the repository", async () => {
  const key = JSON.parse(readFileSync(join(PACKAGE, "localnet-program-id.json"), "utf8")) as number[];
  const signer = await createKeyPairSignerFromBytes(new Uint8Array(key));
  assert.equal(signer.address, program.publicKey);
});
