// The operator's port: whether the process lives, and whether it takes requests.
import type { FastifyInstance } from "fastify";

/** Installs /healthz (the process answers) and /readyz (it takes requests; 503 while it drains). */
export function installOperatorRoutes(server: FastifyInstance, isDraining: () => boolean): void {
  server.get("/healthz", () => ({ status: "ok" }));
  server.get("/readyz", (_request, reply) => {
    const draining = isDraining();
    return reply.code(draining ? 503 : 200).send({ status: draining ? "draining" : "ready" });
  });
}
