// The request itself: a chat completion on the session's account, with its answer as a stream.
import { ApiFault } from "../../api/api-fault.ts";
import { routerApi } from "../../api/router-api.ts";
import type { ChatBody } from "./chat-body.ts";
import type { PostChat } from "./stream-answer.ts";

/** Asks the router that served this page; throws where it cannot be reached. */
export const postChat: PostChat = async (body: ChatBody, signal) => {
  const { data, error, response } = await routerApi.POST("/api/v1/chat/completions", {
    body: { ...body, messages: body.messages.map((message) => ({ ...message })), stream: true },
    parseAs: "stream",
    signal,
  });
  return {
    generationId: response.headers.get("x-generation-id") ?? undefined,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    fault: response.ok ? undefined : new ApiFault(response.status, error),
    stream: (data as unknown as ReadableStream<Uint8Array> | null | undefined) ?? undefined, // typed as the JSON it is not
  };
};
