import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TYPING_REST_MS } from "./limits.ts";
import { useTypedText } from "./use-typed-text.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function typing(kept: string) {
  const taken: string[] = [];
  const hook = renderHook(({ kept: text }) => useTypedText(text, (next) => taken.push(next)), {
    initialProps: { kept },
  });
  const type = (text: string): void => act(() => hook.result.current[1](text));
  const rest = (ms: number): void => act(() => void vi.advanceTimersByTime(ms));
  return { hook, taken, type, rest, shown: () => hook.result.current[0] };
}

test("what is typed is shown at once and taken over once, when the fingers rest", () => {
  const { taken, type, rest, shown } = typing("");
  type("d");
  rest(TYPING_REST_MS - 1);
  type("de");
  expect(shown()).toBe("de");
  rest(TYPING_REST_MS - 1);
  expect(taken).toEqual([]);
  rest(1);
  expect(taken).toEqual(["de"]);
});

test("a text that changes elsewhere is shown; one's own that comes back changes nothing that was typed since", () => {
  const { hook, type, rest, shown } = typing("one");
  hook.rerender({ kept: "two" });
  expect(shown()).toBe("two");
  type("three");
  rest(TYPING_REST_MS);
  type("three more");
  hook.rerender({ kept: "three" });
  expect(shown()).toBe("three more");
});

test("nothing is taken over from a page that was left", () => {
  const { hook, taken, type, rest } = typing("");
  type("late");
  hook.unmount();
  rest(TYPING_REST_MS);
  expect(taken).toEqual([]);
});
