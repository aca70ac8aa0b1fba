// The events of one stream as they stand in its body: what is the same around the texts of many is written once.
import type { AnswerEvent } from "../../providers/answer-event.ts";
import type { Envelope, IntroducedChoices, WrittenAround } from "./chat-answer.ts";
import { chunkJson, writtenAround } from "./chat-answer.ts";

/** Creates the writer of a stream's events; of one that shows nothing it makes an empty text. */
export function createEventTexts(): (event: AnswerEvent, envelope: Envelope) => string {
  const introduced: IntroducedChoices = new Set();
  let around: WrittenAround | undefined;
  return (event, envelope) => {
    const { likeness, said = "" } = event;
    if (around !== undefined && around.likeness === likeness) return around.before + said + around.after;
    const json = chunkJson(event, envelope, introduced);
    const written = writtenAround(event, envelope, introduced); // after the event itself, which may tell the role
    if (written !== undefined)
      around = { ...written, before: `data: ${written.before}`, after: `${written.after}\n\n` };
    return json === undefined ? "" : `data: ${json}\n\n`;
  };
}
