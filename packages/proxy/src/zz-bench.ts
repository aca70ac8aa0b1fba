import { readFileSync } from "node:fs";
import { startRouter } from "./test-bed/scripted-router.ts";
const router = await startRouter({ port: 9912 });
console.log("router up");
const link = await router.link();
await link.message("offers");
const pid = process.argv[2];
const cpu = (): number => { const f = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" "); return (Number(f[11]) + Number(f[12])) * 10; };
for (const [name, body, total] of [["json", '{"model":"x","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"' + "hello ".repeat(100) + '"}],"temperature":0.7}', 80000], ["stream", '{"model":"x","stream":true,"messages":[{"role":"user","content":"hello"}]}', 6000]] as const) {
  for (const round of [0, 1]) {
    let sent = 0;
    const c0 = cpu(); const t0 = performance.now();
    const work = async (): Promise<void> => { while (sent < total) { sent += 1; await link.send(body, { stream: name === "stream" }).end; } };
    await Promise.all(Array.from({ length: 60 }, work));
    const s = (performance.now() - t0) / 1000;
    console.log(name, round, Math.round(total / s), "req/s, proxy cpu us/req", Math.round(((cpu() - c0) * 1000) / total));
  }
}
process.exit(0);
