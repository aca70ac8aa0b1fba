// The description of the escrow program, whole.
import { programNode, rootNode } from "codama";
import type { RootNode } from "codama";
import { accounts } from "./accounts.ts";
import { definedTypes } from "./defined-types.ts";
import { derivedAddresses } from "./derived-addresses.ts";
import { errors } from "./errors.ts";
import { providerInstructions } from "./provider-instructions.ts";
import { initConfig, routerInstructions } from "./router-instructions.ts";
import { userInstructions } from "./user-instructions.ts";

/** The program and everything it knows, as docs/escrow.md has it; its address is the one of localnet-program-id.json. */
export const program: RootNode = rootNode(
  programNode({
    name: "aimo_escrow",
    docs: "Escrow of AiMo Network: one pooled vault per router, a ledger account for each user and each provider.",
    publicKey: "E9W5PwPWpfPdMgE3AEimTTZuRrkxCKnn6CCGvq68q273",
    version: "1.0.0",
    accounts,
    pdas: derivedAddresses,
    definedTypes,
    instructions: [initConfig, ...userInstructions, ...providerInstructions, ...routerInstructions],
    errors,
  }),
);
