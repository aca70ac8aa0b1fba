// Why a link was closed, as a WebSocket's close frame can carry it.

/** Bytes of a close frame's reason (RFC 6455 5.5); a library throws at one more. */
const CLOSE_REASON_BYTES_MAX = 123;

/** A reason cut to what a close frame carries, in ASCII: an error's words may quote the peer, in any script. */
export function closeReason(reason: string): string {
  return reason.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, CLOSE_REASON_BYTES_MAX);
}
