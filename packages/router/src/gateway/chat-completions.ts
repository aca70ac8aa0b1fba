// POST /chat/completions: authenticate, choose, relay, meter.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "@aimo-network/protocol/clock";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import { generationId, requestUuid } from "@aimo-network/protocol/ids";
