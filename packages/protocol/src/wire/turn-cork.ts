// Frames of one turn of the event loop leave in one write: a write to the system costs more than all else about a frame.

/** The stream below a WebSocket, as far as writes to it can be held together. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * Returns what a link calls before each write: the first of a turn holds `transport` back, and `afterTurn` (`setImmediate`
 * in Node) lets everything go once all that has arrived by then has been read.
 */
export function createTurnCork(transport: Corkable, afterTurn: (release: () => void) => void): () => void {
  let isCorked = false;
  const release = (): void => {
    isCorked = false;
    transport.uncork();
  };
  return () => {
    if (isCorked) return;
    isCorked = true;
    transport.cork();
    afterTurn(release);
  };
}
