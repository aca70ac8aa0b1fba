// What the program in git costs, exactly: a change of the program or of its tools that costs something shows here.

/** No entry of a batch may cost more compute units than this. */
export const ENTRY_UNITS_MAX = 500n;

/** The bytes of the binary, its text for explorers included. */
export const PROGRAM_BYTES = 66_536;

/** Compute units of each instruction and of its forms; `figures.test.ts` says in which world. */
export const INSTRUCTION_UNITS: Readonly<Record<string, bigint>> = {
  initConfig: 24_512n,
  openEscrow: 7_813n,
  deposit: 1_743n,
  setAllowance: 352n,
  settleBatch: 1_002n,
  withdrawUser: 1_778n,
  requestExit: 314n,
  cancelExit: 195n,
  finalizeExit: 4_800n,
  "finalizeExit, signed by the user": 1_734n,
  closeEscrow: 379n,
  "closeEscrow, by who paid the rent": 382n,
  registerProvider: 12_350n,
  withdrawProvider: 1_802n,
  providerRequestExit: 337n,
  providerFinalizeExit: 1_738n,
  setPayout: 418n,
  "setPayout, cosigned": 418n,
  collectFees: 1_587n,
  scheduleParams: 384n,
  applyParams: 269n,
  proposeAdmin: 304n,
  acceptAdmin: 262n,
  setRoles: 441n,
  "setRoles, cosigned": 430n,
  setPause: 320n,
  "setPause, by the admin": 316n,
  sweepSurplus: 1_575n,
  setUrl: 346n,
};

/** Compute units of a batch by its entries, each of another user, paying eight providers in turn. */
export const BATCH_UNITS: Readonly<Record<number, bigint>> = { 1: 1_002n, 2: 1_295n, 14: 4_708n, 50: 14_773n };
