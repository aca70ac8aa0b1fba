// The operator's port: whether the process lives, whether it takes requests, and what it counts.
import type { FastifyInstance } from "fastify";

/** The page of metrics. */
export interface MetricsPage {
  readonly contentType: string;
  page(): Promise<string>;
}

/** Installs /healthz (the process answers), /readyz (it takes requests; 503 while it drains) and /metrics (for Prometheus). */
export function installOperatorRoutes(server: FastifyInstance, isDraining: () => boolean, metrics: MetricsPage): void {
  server.get("/healthz", () => ({ status: "ok" }));
  server.get("/readyz", (_request, reply) => {
    const draining = isDraining();
    return reply.code(draining ? 503 : 200).send({ status: draining ? "draining" : "ready" });
  });
  server.get("/metrics", async (_request, reply) => {
    const page = await metrics.page();
    return await reply.type(metrics.contentType).send(page);
  });
}
