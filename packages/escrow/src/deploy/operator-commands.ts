// The commands of an operator, from the first deployment of the program to the last key of a router.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { getBase64Decoder, isSignerRole, isWritableRole } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { Clock } from "@aimo-network/protocol/clock";
import { BINARY_PATH, readBinary } from "../binary.ts";
import { deployProgram, setUpgradeAuthority, verifyProgram } from "./deploy-program.ts";
import type { DeploymentChain } from "./deployment-chain.ts";
import { makeKeyFile } from "./key-file.ts";
import { readBuffer } from "./loader-accounts.ts";
import { setLoaderAuthority } from "./loader.ts";
import { openRouter, readRouter } from "./open-router.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { closeBuffer, findBuffer, writeBuffer } from "./program-buffer.ts";
import { isRouterCommand, routerInstruction } from "./router-instructions.ts";
import type { RouterCommand } from "./router-instructions.ts";
import { readRouterPlan } from "./router-plan.ts";
import type { RouterPlan } from "./router-plan.ts";
import { createRpcChain } from "./rpc-chain.ts";

async function chainOf(options: OperatorOptions, clock: Clock): Promise<DeploymentChain> {
  const url = options.need("url");
  return createRpcChain({ url, clock, payer: await options.key("payer"), microLamportsPerUnit: options.price() });
}

function codeOf(options: OperatorOptions): Uint8Array {
  return readBinary(options.text("binary") ?? BINARY_PATH);
}

function planOf(options: OperatorOptions): RouterPlan {
  return readRouterPlan(readFileSync(options.need("plan"), "utf8"));
}

function addressOf(program: Address | { readonly address: Address }): Address {
  return typeof program === "string" ? program : program.address;
}

async function deploy(options: OperatorOptions, clock: Clock): Promise<string> {
  const program = await options.addressOrKey("program");
  const authority = await options.key("authority");
  const outcome = await deployProgram(await chainOf(options, clock), { program, authority, code: codeOf(options) });
  return `${addressOf(program)} ${outcome}, upgrade authority ${authority.address}`;
}

async function writeForMultisig(options: OperatorOptions, clock: Clock): Promise<string> {
  const chain = await chainOf(options, clock);
  const authority = await options.key("authority");
  const to = await options.address("to");
  const buffer = await writeBuffer(chain, authority, codeOf(options));
  await chain.send([setLoaderAuthority(buffer, authority, to)]);
  return `buffer ${buffer} written and given to ${to}`;
}

async function closeUnwanted(options: OperatorOptions, clock: Clock): Promise<string> {
  const authority = await options.key("authority");
  const buffer = await findBuffer(authority.address, codeOf(options));
  await closeBuffer(await chainOf(options, clock), authority, buffer);
  return `buffer ${buffer} closed`;
}

async function setAuthority(options: OperatorOptions, clock: Clock, next: Address | "nobody"): Promise<string> {
  const program = await options.address("program");
  await setUpgradeAuthority(await chainOf(options, clock), program, await options.key("authority"), next);
  return next === "nobody" ? `${program} is frozen: nobody can upgrade it` : `${program} is upgraded by ${next}`;
}

/** Whether a buffer that a multisig is to upgrade from holds what was built. */
async function verifyBuffer(options: OperatorOptions, chain: DeploymentChain, code: Uint8Array): Promise<string> {
  const buffer = await options.address("buffer");
  const account = await chain.getAccount(buffer);
  const found = account === undefined ? undefined : readBuffer(account);
  if (found === undefined) throw new Error(`${buffer}: expected a buffer of the loader, found none.`);
  const isSame = Buffer.from(code).equals(found.code);
  if (!isSame) throw new Error(`${buffer} does NOT hold what was built (${nameOf(code)}).`);
  return `${buffer} holds what was built (${nameOf(code)}); its authority ${found.authority ?? "nobody"}`;
}

function nameOf(code: Uint8Array): string {
  return `${createHash("sha256").update(code).digest("hex")}, ${code.length} bytes`;
}

async function verify(options: OperatorOptions, clock: Clock): Promise<string> {
  const code = codeOf(options);
  const chain = await chainOf(options, clock);
  if (options.text("buffer") !== undefined) return await verifyBuffer(options, chain, code);
  const program = await options.address("program");
  const found = await verifyProgram(chain, program, code);
  const name = nameOf(code);
  if (!found.isSame) throw new Error(`${program} is NOT what was built (${name}).`);
  return `${program} is what was built (${name}), since slot ${found.slot}; upgrade authority ${found.authority ?? "nobody"}`;
}

async function openPlanned(options: OperatorOptions, clock: Clock): Promise<string> {
  const programAddress = await options.address("program");
  const [routerId, admin] = [await options.key("router-id"), await options.key("admin")];
  const chain = await chainOf(options, clock);
  const { config, isNew } = await openRouter(chain, { programAddress, routerId, admin, plan: planOf(options) });
  return `router ${routerId.address}, config ${config} ${isNew ? "opened" : "was open already and stays as it is"}`;
}

async function routerOf(
  options: OperatorOptions,
  chain: DeploymentChain,
): Promise<NonNullable<Awaited<ReturnType<typeof readRouter>>>> {
  const routerId = await options.address("router-id");
  const found = await readRouter(chain, await options.address("program"), routerId);
  if (found === undefined) throw new Error(`There is no router ${routerId} at this program.`);
  return found;
}

function jsonOf(value: unknown): string {
  const plain = (_: string, part: unknown): unknown => {
    if (typeof part === "bigint") return String(part);
    return part instanceof Uint8Array ? Buffer.from(part).toString("hex") : part;
  };
  return JSON.stringify(value, plain, 2);
}

async function show(options: OperatorOptions, clock: Clock): Promise<string> {
  return jsonOf(await routerOf(options, await chainOf(options, clock)));
}

/** An instruction as multisigs import it. */
function printed({ programAddress, accounts = [], data = new Uint8Array() }: Instruction): string {
  const listed = accounts.map(({ address, role }) => ({
    address,
    signs: isSignerRole(role),
    writes: isWritableRole(role),
  }));
  return jsonOf({ programAddress, accounts: listed, dataBase64: getBase64Decoder().decode(data) });
}

async function changeRouter(command: RouterCommand, options: OperatorOptions, clock: Clock): Promise<string> {
  const chain = await chainOf(options, clock);
  const { address: config } = await routerOf(options, chain);
  const instruction = routerInstruction(command, {
    programAddress: await options.address("program"),
    config,
    admin: await options.key("admin"),
    cosigner: await options.optionalKey("cosigner"),
    plan: options.text("plan") === undefined ? undefined : planOf(options),
    to: options.text("to"),
    what: options.text("what"),
  });
  if (options.isPrinted) return printed(instruction);
  await chain.send([instruction]);
  return jsonOf((await routerOf(options, chain)).config);
}

/** Runs a command and gives what it has to say. */
export async function runOperatorCommand(command: string, options: OperatorOptions, clock: Clock): Promise<string> {
  if (isRouterCommand(command)) return await changeRouter(command, options, clock);
  switch (command) {
    case "new-key":
      return makeKeyFile(options.need("out"));
    case "deploy":
      return await deploy(options, clock);
    case "write-buffer":
      return await writeForMultisig(options, clock);
    case "close-buffer":
      return await closeUnwanted(options, clock);
    case "set-authority":
      return await setAuthority(options, clock, await options.address("to"));
    case "freeze":
      return await setAuthority(options, clock, "nobody");
    case "verify":
      return await verify(options, clock);
    case "init-config":
      return await openPlanned(options, clock);
    case "show":
      return await show(options, clock);
    default:
      throw new Error(`${command}: no such command.`);
  }
}
