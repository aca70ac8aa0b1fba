// What callers use of this router at one time, key by key: running requests, and the bytes of their bodies.
import { AimoError } from "@aimo-network/protocol/errors";

/** One running request of a key. */
export interface KeyVisit {
  /** Throws what to answer when so many more bytes of its body would not fit: the key's share, or this process, is full. */
  checkRoom(bodyBytes: number): void;
  /** Counts more bytes of its body; throws as `checkRoom` does, and then counts none. */
  hold(bodyBytes: number): void;
  /** The request has ended, however it did: what it used is free again. Told twice, it counts once. */
  leave(): void;
}

/** Counts what keys use. A router of several processes will share this count. */
export interface KeyUse {
  /** Takes one request of the key on; throws `too_many_concurrent` when it has as many as it may, or `requestsMax`. */
  enter(keyId: string, requestsMax?: number): KeyVisit;
  /** Keys that have a request running. */
  readonly keys: number;
  /** Bytes of bodies held for all keys together. */
  readonly bodyBytes: number;
}

/** What keys may use. */
export interface KeyBounds {
  readonly requestsPerKeyMax: number;
  readonly bodyBytesPerKeyMax: number;
  readonly bodyBytesMax: number;
}

interface Use {
  requests: number;
  bodyBytes: number;
}

/** Creates a count in which no key uses anything. */
export function createKeyUse({ requestsPerKeyMax, bodyBytesPerKeyMax, bodyBytesMax }: KeyBounds): KeyUse {
  const uses = new Map<string, Use>();
  let allBodyBytes = 0;

  const visit = (keyId: string, use: Use): KeyVisit => {
    let heldBytes = 0;
    let hasLeft = false;
    const checkRoom = (bytes: number): void => {
      if (use.bodyBytes + bytes > bodyBytesPerKeyMax) {
        const keyHas = `running requests with ${bodyBytesPerKeyMax} bytes of bodies, all it may have at once`;
        throw new AimoError("too_many_concurrent", { keyHas });
      }
      if (allBodyBytes + bytes > bodyBytesMax) {
        throw new AimoError("overloaded", { what: "this router holds all the request bodies it can" });
      }
    };
    return {
      checkRoom,
      hold(bytes) {
        if (hasLeft) return; // what arrives after its client has gone is about to be dropped
        checkRoom(bytes);
        heldBytes += bytes;
        use.bodyBytes += bytes;
        allBodyBytes += bytes;
      },
      leave() {
        if (hasLeft) return;
        hasLeft = true;
        use.bodyBytes -= heldBytes;
        allBodyBytes -= heldBytes;
        use.requests -= 1;
        if (use.requests === 0) uses.delete(keyId);
      },
    };
  };

  return {
    enter(keyId, requestsMax = requestsPerKeyMax) {
      const use = uses.get(keyId) ?? { requests: 0, bodyBytes: 0 };
      const most = Math.min(requestsMax, requestsPerKeyMax);
      if (use.requests >= most) {
        const keyHas = `${most} requests running, all it may have at once`;
        throw new AimoError("too_many_concurrent", { keyHas });
      }
      use.requests += 1;
      uses.set(keyId, use);
      return visit(keyId, use);
    },
    get keys() {
      return uses.size;
    },
    get bodyBytes() {
      return allBodyBytes;
    },
  };
}
