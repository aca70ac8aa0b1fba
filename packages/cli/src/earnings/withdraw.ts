// `aimo provider withdraw`: earnings to the payout account with the router's agreement; `aimo withdraw --earnings` is the same.
import type { RunCommand } from "../command-spec.ts";
import { withdrawOf } from "../money/withdraw.ts";

/** Withdraws earnings. */
export const providerWithdraw: RunCommand = (context, input) => withdrawOf(context, input, "provider");
