// The composition root: with rooms.ts, which builds the rooms, the only file that knows them all.
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { bearerOf, readBearer } from "./accounts/read-bearer.ts";
import { chargeReplay } from "./billing/replay.ts";
