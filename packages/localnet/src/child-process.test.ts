// A program of the localnet takes its settings from the localnet alone.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { systemClock } from "@aimo-network/protocol/clock";
import { startChild } from "./child-process.ts";

test("of the shell's variables neither ours nor OpenTelemetry's reach a program, what it is given does", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "aimo-child-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const entry = join(directory, "names.mjs");
  writeFileSync(entry, "console.log('names', ...Object.keys(process.env));");
  const shell = {
    PATH: process.env["PATH"],
    AIMO_PORT: "1",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector",
    SHELL_OWN: "1",
  };
  const child = startChild(
    systemClock,
    { name: "names", entry: pathToFileURL(entry), environment: { AIMO_NAME: "x", OTEL_SERVICE_NAME: "y" } },
    shell,
    () => undefined,
  );
  const line = await child.firstLine((text) => (text.startsWith("names ") ? text : undefined));
  await child.exited;
  const names = line.split(" ");
  for (const name of ["PATH", "SHELL_OWN", "AIMO_NAME", "OTEL_SERVICE_NAME"]) assert.ok(names.includes(name), name);
  for (const name of ["AIMO_PORT", "OTEL_EXPORTER_OTLP_ENDPOINT"]) assert.ok(!names.includes(name), name);
});
