// Clients that leave, or stop reading, at moments that only a slow router shows: nobody works for them any longer.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { readAttemptId } from "@aimo-network/protocol/ids";
import type { Caller } from "../accounts/caller.ts";
