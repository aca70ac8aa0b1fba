// The connect dialog as a part that is loaded late.
import { latePart } from "./late-part.ts";

/** Needed once somebody connects, or a wallet has to be connected again. */
export const connectPart = latePart();
