// Whose conversation it is: what one person said is not for who sits there next.
import { isApiFault } from "../api/api-fault.ts";
import type { Playground, PlaygroundState } from "./playground.ts";

/** Whether the last answer of a lane is still awaited, or was refused because the session has ended. */
function isHeldUp({ lanes }: PlaygroundState): boolean {
  return lanes.some(({ turns }) => {
    const last = turns.at(-1)?.answer;
    return last?.phase === "asked" || isApiFault(last?.fault, "missing_session", "missing_key", "csrf_missing");
  });
}

/**
 * Lets the playground forget when its person signs out, or somebody else signs in. A session that ended by itself in the
 * middle of a question is no leaving: the person finds everything again after signing in. Returns what looks at it anew,
 * to be called at each change of the session.
 */
export function keepToOwner(playground: Playground, signedIn: () => string | undefined): () => void {
  let owner = signedIn();
  let isForgetting = false;
  const look = (): void => {
    const wallet = signedIn();
    if (isForgetting || wallet === owner) return;
    if (owner !== undefined && (wallet !== undefined || !isHeldUp(playground.state()))) {
      isForgetting = true;
      playground.forget();
      isForgetting = false;
    } else if (owner !== undefined) return;
    owner = wallet;
  };
  playground.watch(look);
  return look;
}
