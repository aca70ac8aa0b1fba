// Streams that are odd or broken in a way servers have been seen to be, and what a reader must find in them.
import type { AnswerStream } from "./stream-words.ts";
import { chunk, delta, DONE, NINE_AND_THREE, ROLE, says, stops, USAGE } from "./stream-words.ts";

/** One stream of each oddity. */
export const ODD_STREAMS: readonly AnswerStream[] = [
  {
    name: "two tool calls at once, their arguments cut inside characters and escapes",
    blocks: [
      delta(
        '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"find","arguments":""}}]}',
      ),
      delta(
        '{"tool_calls":[{"index":0,"function":{"arguments":"{\\"q\\": \\"\\u65e5"}},{"index":1,"id":"call_b","type":"function","function":{"name":"say","arguments":"{\\"t\\""}}]}',
      ),
      delta(
        '{"tool_calls":[{"index":1,"function":{"arguments":": 1.0}"}},{"index":0,"function":{"arguments":"\u672c\\"}"}}]}',
      ),
      stops("", "tool_calls"),
      DONE,
    ],
    says: '{"q": "\u65e5{"t": 1.0}\u672c"}',
    finishReason: "tool_calls",
  },
  {
    name: "two choices and an end for each",
    blocks: [
      chunk(
        '"choices":[{"index":1,"delta":{"role":"assistant","content":"b"}},{"index":0,"delta":{"role":"assistant","content":"a"}}]',
      ),
      chunk('"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]'),
      chunk('"choices":[{"index":1,"delta":{},"finish_reason":"length"}]'),
      DONE,
    ],
    says: "ba",
    finishReason: "length",
  },
  {
    name: "audio with its transcript",
    blocks: [
      delta('{"role":"assistant","content":null,"audio":{"id":"audio_1","transcript":"Hi"}}'),
      delta('{"audio":{"data":"UklGRiQAAABXQVZF//8="}}'),
      delta('{"audio":{"expires_at":1754003600}}'),
      stops(
        ',"usage":{"prompt_tokens":9,"completion_tokens":30,"completion_tokens_details":{"audio_tokens":25,"text_tokens":5}}',
      ),
      DONE,
    ],
    says: "Hi",
    finishReason: "stop",
    usage: { promptTokens: 9, completionTokens: 30, completionAudioTokens: 25 },
  },
  {
    name: "no blank line at its end, and no line end either",
    blocks: [ROLE, says("z"), stops(`,${USAGE}`)],
    ending: "",
    says: "z",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "DONE without a line end",
    blocks: [ROLE, says("z"), stops(), DONE],
    ending: "",
    says: "z",
    finishReason: "stop",
  },
  {
    name: "events separated by one line end",
    blocks: [[ROLE, says("one"), stops(`,${USAGE}`), DONE].join("\n")],
    says: "one",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "an event of several data lines, other fields among them",
    blocks: [
      ROLE,
      'event: message\nid: 7\ndata: {"choices":\ndata: [{"index":0,"delta":\ndata: {"content":"m"}}]\nretry: 10\ndata: }',
      stops(),
      DONE,
    ],
    says: "m",
    finishReason: "stop",
  },
  {
    name: "bare: no index, no role, no id, the reason at top level",
    blocks: [
      'data: {"choices":[{"delta":{"content":"Hello"}}]}',
      'data: {"choices":[{"delta":{"content":"!"}}],"finish_reason":"stop","usage":{"prompt_tokens":9,"completion_tokens":3}}',
      DONE,
    ],
    says: "Hello!",
    finishReason: "stop",
    usage: NINE_AND_THREE,
  },
  {
    name: "broken off without a reason",
    blocks: [ROLE, says("hal")],
    says: "hal",
    failure: "provider_error",
  },
  {
    name: "cut inside an event",
    blocks: [ROLE, says("hal"), 'data: {"id":"c-1","choices":[{"index":0,"de'],
    ending: "",
    says: "hal",
    failure: "provider_error",
  },
  {
    name: "a limit of rates told in the first event",
    blocks: ['data: {"error":{"message":"Rate limit reached","type":"requests","code":429}}', DONE],
    says: "",
    failure: "rate_limited",
  },
];
