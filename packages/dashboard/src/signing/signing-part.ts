// The signing dialog as a part that is loaded late.
import { latePart } from "../wallets/late-part.ts";

/** Needed once a page is opened on which something can be signed. */
export const signingPart = latePart();
