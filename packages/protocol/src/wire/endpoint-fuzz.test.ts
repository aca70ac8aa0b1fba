// Two endpoints under random interleavings and hostile frames: nothing breaks, nothing is lost, nothing leaks.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AimoError } from "../errors.ts";
import { SOCKET_BYTES_MAX } from "../limits.ts";
import { HeldSocket } from "../test-bed/held-socket.ts";
import { MESSAGE_EXAMPLES } from "../test-bed/message-examples.ts";
import { Endpoint } from "./endpoint.ts";
import type { FrameName, LinkRole } from "./frame.ts";
import { encodeCredit, encodeFrame, FRAMES } from "./frame.ts";
import type { MessageName } from "./messages.ts";
import { encodeMessage } from "./messages.ts";
import type { StreamEvents, WireStream } from "./stream.ts";

const HEAD = MESSAGE_EXAMPLES["request-head"];
const END = MESSAGE_EXAMPLES["response-end"];
const LOST = new AimoError("provider_disconnected", { provider: "wallet" });

/** The byte at `place` of a direction of a stream: a lost, doubled or swapped byte shows. */
function byteAt(streamId: number, role: LinkRole, place: number): number {
  return (streamId * 37 + place * 11 + (place >> 8) * 3 + (role === "router" ? 5 : 0)) & 0xff;
}

/** One end's owner of one stream: what it has sent, heard and granted. */
class Owner implements StreamEvents {
  readonly #role: LinkRole;
  readonly #checksBytes: () => boolean;
  stream: WireStream | undefined;
  sentBytes = 0;
  heardBytes = 0;
  heldBytes = 0;
  headed = false;
  /** Its request, or its answer, is complete. */
  done = false;
  requestEnds = 0;
  heads = 0;
  cancels = 0;
  ends = 0;
  losses = 0;
  acknowledgements = 0;

  constructor(role: LinkRole, checksBytes: () => boolean) {
    this.#role = role;
    this.#checksBytes = checksBytes;
  }

  get id(): number {
    return this.stream?.id ?? 0;
  }

  nextBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index += 1) bytes[index] = byteAt(this.id, this.#role, this.sentBytes + index);
    this.sentBytes += length;
    return bytes;
  }

  #hear(bytes: Uint8Array): void {
    assert.equal(this.losses + this.ends, 0, "no bytes after the end");
    if (this.#checksBytes()) {
      const peer = this.#role === "router" ? "proxy" : "router";
      for (const [index, byte] of bytes.entries()) {
        if (byte !== byteAt(this.id, peer, this.heardBytes + index))
          assert.fail(`stream ${this.id} byte ${this.heardBytes + index}`);
      }
    }
    this.heardBytes += bytes.length;
    this.heldBytes += bytes.length;
  }

  requestBody(bytes: Uint8Array): void {
    assert.equal(this.requestEnds + this.cancels, 0);
    this.#hear(bytes);
  }
  requestEnd(): void {
    this.requestEnds += 1;
  }
  cancelled(): void {
    this.cancels += 1;
  }
  responseHead(): void {
    this.heads += 1;
  }
  responseBody(bytes: Uint8Array): void {
    assert.equal(this.heads, 1);
    this.#hear(bytes);
  }
  responseEnd(): void {
    this.ends += 1;
  }
  lost(): void {
    this.losses += 1;
  }

  grant(bytes: number): void {
    this.stream?.grant(bytes);
    this.heldBytes -= bytes;
  }
}

/** A link, its owners, and what they may do. */
class World {
  readonly toProxy = new HeldSocket();
  readonly toRouter = new HeldSocket();
  readonly routerOwners: Owner[] = [];
  readonly proxyOwners: Owner[] = [];
  readonly router: Endpoint;
  readonly proxy: Endpoint;
  readonly cancelledIds = new Set<number>();
  acknowledgementsHeard = 0;
  violated = false;
  hostile = false;
  endForged = false;
  closed = false;

  constructor() {
    const violation = (): void => {
      assert.ok(this.hostile, "honest frames are never a violation");
      this.violated = true;
      this.close(); // as the owner of a link does, from within
    };
    this.router = new Endpoint("router", this.toProxy, { message: () => undefined, violation });
    this.proxy = new Endpoint("proxy", this.toRouter, {
      message: ({ name }) => void (this.acknowledgementsHeard += name === "end-ack" ? 1 : 0),
      violation,
      opened: (stream) => {
        const owner = new Owner("proxy", () => !this.hostile);
        owner.stream = stream;
        this.proxyOwners.push(owner);
        return owner;
      },
    });
    this.toProxy.receiver = (bytes) => this.proxy.receive(bytes);
    this.toRouter.receiver = (bytes) => this.router.receive(bytes);
  }

  close(): void {
    this.closed = true;
    this.router.close(LOST);
    this.proxy.close(LOST);
  }

  open(): void {
    if (this.closed) return;
    const owner = new Owner("router", () => !this.hostile);
    this.routerOwners.push(owner);
    owner.stream = this.router.open(HEAD, owner);
  }

  request(owner: Owner | undefined, bytes: number): void {
    if (owner === undefined || owner.done) return;
    owner.done = true;
    owner.stream?.sendRequest([owner.nextBytes(bytes)]);
  }

  head(owner: Owner | undefined): void {
    if (owner === undefined || owner.headed || owner.done) return;
    owner.headed = true;
    owner.stream?.sendHead(MESSAGE_EXAMPLES["response-head"]);
  }

  body(owner: Owner | undefined, bytes: number): void {
    if (owner === undefined || !owner.headed || owner.done) return;
    owner.stream?.sendBody(owner.nextBytes(bytes));
  }

  end(owner: Owner | undefined): void {
    if (owner === undefined || owner.done) return;
    owner.done = true;
    owner.stream?.sendEnd({ ...END, cancelled: owner.cancels > 0 });
  }

  cancel(owner: Owner | undefined): void {
    if (owner === undefined) return;
    this.cancelledIds.add(owner.id);
    owner.stream?.cancel("client_left");
  }

  /** Billing may be done long after the stream has ended, and in any order. */
  acknowledge(owner: Owner | undefined): void {
    if (owner === undefined || owner.ends === 0 || owner.acknowledgements > 0) return;
    owner.acknowledgements += 1;
    owner.stream?.acknowledge({ attempt_id: END.attempt_id, charged: true });
  }

  /** Lets everything arrive, every reader read and every stream end. */
  settle(): void {
    for (const owner of this.routerOwners) this.request(owner, 0);
    for (;;) {
      const delivered = this.toProxy.releaseAll().length + this.toRouter.releaseAll().length;
      for (const owner of this.proxyOwners) this.end(owner);
      const held = [...this.routerOwners, ...this.proxyOwners].filter((owner) => owner.heldBytes > 0);
      for (const owner of held) owner.grant(owner.heldBytes);
      if (delivered === 0 && held.length === 0 && this.toProxy.length + this.toRouter.length === 0) return;
    }
  }

  assertNothingLeaks(): void {
    assert.deepEqual(
      [this.router.openStreams, this.proxy.openStreams, this.router.lanes, this.proxy.lanes],
      [0, 0, 0, 0],
    );
    assert.deepEqual([this.router.queuedBytes, this.proxy.queuedBytes], [0, 0]);
    for (const owner of [...this.routerOwners, ...this.proxyOwners]) {
      assert.ok(owner.stream === undefined || owner.stream.ended);
      assert.ok(
        owner.losses <= 1 && owner.ends <= 1 && owner.cancels <= 1 && owner.requestEnds <= 1 && owner.heads <= 1,
      );
    }
    for (const owner of this.routerOwners) assert.equal(owner.ends + owner.losses, 1, "a router's stream ends once");
    assert.ok(this.toProxy.peakBytes <= SOCKET_BYTES_MAX && this.toRouter.peakBytes <= SOCKET_BYTES_MAX);
  }

  assertComplete(): void {
    for (const owner of this.routerOwners.toReversed()) this.acknowledge(owner);
    this.toProxy.releaseAll();
    assert.equal(this.acknowledgementsHeard, this.routerOwners.length, "every End is acknowledged once");
    assert.equal(this.proxyOwners.length, this.routerOwners.length);
    for (const [index, router] of this.routerOwners.entries()) {
      const proxy = this.proxyOwners[index]!;
      if (this.cancelledIds.has(router.id)) {
        assert.ok(router.heardBytes <= proxy.sentBytes);
        continue;
      }
      assert.equal(proxy.id, router.id);
      assert.equal(router.heads, proxy.headed ? 1 : 0);
      assert.equal(router.heardBytes, proxy.sentBytes, "the whole answer arrives");
      if (proxy.requestEnds === 1) assert.equal(proxy.heardBytes, router.sentBytes, "the whole request arrives");
    }
  }
}

const place = fc.nat(7);
const size = fc.oneof({ weight: 3, arbitrary: fc.nat(3_000) }, { weight: 1, arbitrary: fc.nat(150_000) });
const requestSize = fc.oneof({ weight: 3, arbitrary: fc.nat(3_000) }, { weight: 1, arbitrary: fc.nat(1_300_000) });

type Step = (world: World) => void;

/** The owner at `index` among those that still live, so that most steps hit something. */
function pick(owners: readonly Owner[], index: number): Owner | undefined {
  const alive = owners.filter((owner) => owner.stream?.ended === false);
  return alive[index % Math.max(1, alive.length)];
}

const honestStep: fc.Arbitrary<{ readonly words: string; readonly step: Step }> = fc.oneof(
  fc.constant({ words: "open", step: (world: World) => world.open() }),
  fc.tuple(place, requestSize).map(([index, bytes]) => ({
    words: `request ${index} ${bytes}`,
    step: (world: World) =>
      world.request(
        pick(
          world.routerOwners.filter((owner) => !owner.done),
          index,
        ),
        bytes,
      ),
  })),
  place.map((index) => ({
    words: `head ${index}`,
    step: (world: World) =>
      world.head(
        pick(
          world.proxyOwners.filter((owner) => !owner.headed),
          index,
        ),
      ),
  })),
  fc.tuple(place, size).map(([index, bytes]) => ({
    words: `body ${index} ${bytes}`,
    step: (world: World) =>
      world.body(
        pick(
          world.proxyOwners.filter((owner) => owner.headed),
          index,
        ),
        bytes,
      ),
  })),
  place.map((index) => ({ words: `end ${index}`, step: (world: World) => world.end(pick(world.proxyOwners, index)) })),
  place.map((index) => ({
    words: `cancel ${index}`,
    step: (world: World) => world.cancel(pick(world.routerOwners, index)),
  })),
  fc.tuple(place, fc.boolean(), fc.integer({ min: 1, max: 4 })).map(([index, ofRouter, part]) => ({
    words: `grant ${ofRouter ? "router" : "proxy"} ${index} 1/${part}`,
    step: (world: World) => {
      const owner = pick(ofRouter ? world.routerOwners : world.proxyOwners, index);
      owner?.grant(Math.floor(owner.heldBytes / part));
    },
  })),
  place.map((index) => ({
    words: `acknowledge ${index}`,
    step: (world: World) => {
      const ended = world.routerOwners.filter((owner) => owner.ends > 0 && owner.acknowledgements === 0);
      world.acknowledge(ended[index % Math.max(1, ended.length)]);
    },
  })),
  fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 8 })).map(([toProxy, count]) => ({
    words: `deliver ${count} to ${toProxy ? "proxy" : "router"}`,
    step: (world: World) => void (toProxy ? world.toProxy : world.toRouter).release(count),
  })),
);

const names = Object.keys(FRAMES) as FrameName[];

/** A payload that fits: only its time and place may be wrong. */
function plausiblePayload(name: FrameName, bytes: number): Uint8Array {
  if (name === "credit") return encodeCredit(1 + bytes * 500);
  if (name.endsWith("-body")) return new Uint8Array(bytes);
  return name === "request-end"
    ? new Uint8Array(0)
    : encodeMessage(name as MessageName, MESSAGE_EXAMPLES[name as MessageName]);
}

function hearForged(world: World, role: LinkRole, bytes: Uint8Array): void {
  world.hostile = true;
  if (bytes[0] === FRAMES["response-end"].code) world.endForged = true;
  world[role].receive(bytes);
}

/** Frames that a peer might send, on a stream that exists. */
const plausibleFrame = fc.tuple(fc.constantFrom(...names), place, size).map(([name, index, bytes]) => ({
  words: `forge ${name} ${index} ${bytes}`,
  step: (world: World) => {
    const role: LinkRole =
      FRAMES[name].from === "router" || (name === "credit" && bytes % 2 === 0) ? "proxy" : "router";
    const owners = world.routerOwners;
    const streamId = FRAMES[name].scope === "connection" ? 0 : (owners[index % Math.max(1, owners.length)]?.id ?? 1);
    hearForged(world, role, encodeFrame(name, streamId, plausiblePayload(name, bytes)));
  },
}));

/** Frames of any kind on any stream with any payload, and bytes that are no frame at all. */
const wildBytes = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** 32 - 1 })), fc.uint8Array())
    .map(([name, streamId, payload]) => encodeFrame(name, streamId, payload)),
  fc.uint8Array({ maxLength: 40 }),
);
const wildFrame = fc.tuple(fc.constantFrom<LinkRole>("router", "proxy"), wildBytes).map(([role, bytes]) => ({
  words: `forge ${Buffer.from(bytes.subarray(0, 12)).toString("hex")} (${bytes.length} bytes) to ${role}`,
  step: (world: World) => hearForged(world, role, bytes),
}));

const hostileStep = fc.oneof({ weight: 5, arbitrary: plausibleFrame }, { weight: 1, arbitrary: wildFrame });

const lossStep = fc.constant({ words: "lose the link", step: (world: World) => world.close() });

interface Steps {
  readonly words: string;
  readonly step: Step;
}
const printed = (step: fc.Arbitrary<Steps>, maxLength: number): fc.Arbitrary<Steps[]> =>
  fc.array(
    step.map((one) => ({ ...one, [fc.toStringMethod]: () => one.words })),
    { minLength: 20, maxLength, size: "max" },
  );

describe("two endpoints under random interleavings", () => {
  test("honest ends never violate the protocol; every byte arrives in order; every stream ends; nothing leaks", () => {
    fc.assert(
      fc.property(printed(honestStep, 150), (steps) => {
        const world = new World();
        world.open();
        for (const { step } of steps) step(world);
        world.settle();
        world.assertNothingLeaks();
        world.assertComplete();
      }),
      { numRuns: 100 },
    );
  });

  test("hostile frames throw nothing, and whatever they do to the link, nothing leaks", () => {
    const step = fc.oneof({ weight: 60, arbitrary: honestStep }, { weight: 1, arbitrary: hostileStep });
    let violations = 0;
    let survivors = 0;
    fc.assert(
      fc.property(printed(step, 100), (steps) => {
        const world = new World();
        world.open();
        for (const { step: take } of steps) take(world);
        world.settle();
        if (world.violated) violations += 1;
        else if (world.hostile) survivors += 1;
        // A forged End ends a stream at the router only: the proxy's half lives on until the link goes.
        if (world.endForged) world.close();
        world.assertNothingLeaks();
      }),
      { numRuns: 200 },
    );
    assert.ok(violations > 15 && survivors > 15, `${violations} violations, ${survivors} survivors`);
  });

  test("a link that is lost at any moment loses each open stream once", () => {
    const step = fc.oneof({ weight: 40, arbitrary: honestStep }, { weight: 1, arbitrary: lossStep });
    fc.assert(
      fc.property(printed(step, 100), (steps) => {
        const world = new World();
        world.open();
        for (const { step: take } of steps) take(world);
        world.close();
        world.settle();
        world.assertNothingLeaks();
        for (const owner of world.proxyOwners) assert.ok(owner.losses === 1 || owner.done);
      }),
      { numRuns: 60 },
    );
  });
});
