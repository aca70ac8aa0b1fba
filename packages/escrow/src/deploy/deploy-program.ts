// Deploys and upgrades the program through Solana's upgradeable loader, and says who may do so.
import { isTransactionSigner } from "@solana/kit";
import type { Address, TransactionSigner } from "@solana/kit";
import { getAllocateInstruction, getAssignInstruction } from "@solana-program/system";
import { PROGRAM_BYTES_MAX } from "../binary.ts";
import type { DeploymentChain } from "./deployment-chain.ts";
import { findProgramData, isSameCode, PROGRAM_ACCOUNT_BYTES, readDeployed } from "./loader-accounts.ts";
import type { DeployedProgram } from "./loader-accounts.ts";
import { deployBuffer, LOADER_ADDRESS, setLoaderAuthority, upgradeFromBuffer } from "./loader.ts";
import { missingRent, writeBuffer } from "./program-buffer.ts";

/** What is to be at an address of the chain. */
export interface WantedProgram {
  /** The program's address; the key itself signs only where nothing is deployed there yet. */
  readonly program: Address | TransactionSigner;
  /** Who may upgrade it. */
  readonly authority: TransactionSigner;
  readonly code: Uint8Array;
}

/** What a deployment had to do. */
export type DeploymentOutcome = "deployed" | "upgraded" | "unchanged";

async function requireDeployed(chain: DeploymentChain, program: Address): Promise<DeployedProgram> {
  const deployed = await readDeployed(chain, program);
  if (deployed === undefined) throw new Error(`${program}: expected an upgradeable program, found none.`);
  return deployed;
}

function requireAuthority(deployed: DeployedProgram, program: Address, authority: Address): void {
  if (deployed.authority === authority) return;
  const holder = deployed.authority ?? "nobody: it is frozen";
  throw new Error(`${program}: expected the upgrade authority to be ${authority}, found ${holder}.`);
}

async function deployFirst(chain: DeploymentChain, program: TransactionSigner, wanted: WantedProgram): Promise<void> {
  const buffer = await writeBuffer(chain, wanted.authority, wanted.code);
  const programData = await findProgramData(program.address);
  const held = await chain.getAccount(program.address);
  const loaded = { program: program.address, programData, buffer, authority: wanted.authority };
  await chain.send([
    ...(await missingRent(chain, program.address, held, PROGRAM_ACCOUNT_BYTES)),
    getAllocateInstruction({ newAccount: program, space: PROGRAM_ACCOUNT_BYTES }),
    getAssignInstruction({ account: program, programAddress: LOADER_ADDRESS }),
    deployBuffer(chain.payer, loaded, PROGRAM_BYTES_MAX),
  ]);
}

/**
 * Makes the chain run this code at this address. An attempt that broke off is taken up where it stopped: with the same
 * authority and the same code the buffer is the same. What is deployed can be called from the next slot on.
 */
export async function deployProgram(chain: DeploymentChain, wanted: WantedProgram): Promise<DeploymentOutcome> {
  const { program, authority, code } = wanted;
  const programAddress = typeof program === "string" ? program : program.address;
  const deployed = await readDeployed(chain, programAddress);
  if (deployed === undefined) {
    if (typeof program === "string" || !isTransactionSigner(program)) {
      throw new Error(`${programAddress}: nothing is deployed there yet, so its key has to sign.`);
    }
    await deployFirst(chain, program, wanted);
    return "deployed";
  }
  if (isSameCode(deployed, code)) return "unchanged";
  requireAuthority(deployed, programAddress, authority.address);
  const buffer = await writeBuffer(chain, authority, code);
  const loaded = { program: programAddress, programData: deployed.programData, buffer, authority };
  await chain.send([upgradeFromBuffer(chain.payer.address, loaded)]);
  return "upgraded";
}

/** Gives the right to upgrade to another key, such as a multisig's, or to nobody, for ever. */
export async function setUpgradeAuthority(
  chain: DeploymentChain,
  program: Address,
  authority: TransactionSigner,
  next: Address | "nobody",
): Promise<void> {
  const deployed = await requireDeployed(chain, program);
  requireAuthority(deployed, program, authority.address);
  const heir = next === "nobody" ? undefined : next;
  await chain.send([setLoaderAuthority(deployed.programData, authority, heir)]);
}

/** Whether this code is what runs at an address, and who could change that. */
export async function verifyProgram(
  chain: DeploymentChain,
  program: Address,
  code: Uint8Array,
): Promise<{ isSame: boolean; authority: Address | undefined; slot: bigint }> {
  const deployed = await requireDeployed(chain, program);
  return { isSame: isSameCode(deployed, code), authority: deployed.authority, slot: deployed.slot };
}
