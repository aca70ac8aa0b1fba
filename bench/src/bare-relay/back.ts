// The yardstick's back: takes requests from its link to the model, and answers back, piece by piece as they come.
import { Pool } from "undici";
import { WebSocket } from "ws";
import type { AnswerPart, Asked } from "./messages.ts";

const [, , frontUrl = "", modelUrl = ""] = process.argv;
const { origin, pathname } = new URL(`${modelUrl}/chat/completions`);
const CONNECTIONS = 256; // more than any case has at once

const pool = new Pool(origin, { connections: CONNECTIONS });
const link = new WebSocket(frontUrl.replace(/^http/, "ws"), { perMessageDeflate: false });

function send(part: AnswerPart): void {
  link.send(JSON.stringify(part));
}

async function answer({ id, agent, body }: Asked): Promise<void> {
  const headers = { "content-type": "application/json", "user-agent": agent };
  const {
    statusCode,
    headers: told,
    body: pieces,
  } = await pool.request({
    path: pathname,
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const type = String(told["content-type"]);
  if (!type.includes("event-stream")) {
    send({ id, status: statusCode, type, text: await pieces.text(), isLast: true });
    return;
  }
  send({ id, status: statusCode, type, text: "", isLast: false });
  const decoder = new TextDecoder();
  for await (const piece of pieces)
    send({ id, text: decoder.decode(piece as Buffer, { stream: true }), isLast: false });
  send({ id, text: "", isLast: true });
}

link.on("message", (message: Buffer) => void answer(JSON.parse(message.toString()) as Asked));
process.on("SIGTERM", () => process.exit(0));
