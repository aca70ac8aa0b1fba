import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import type { MarketSearch } from "./market-search.ts";
import { useModels } from "./use-models.ts";

/** A router with so many models, of which every second is verified; it keeps what it was asked. */
const router = vi.hoisted(() => {
  const state = { total: 250, asked: [] as string[], isBroken: false };
  const answer = (input: Request): Promise<Response> => {
    const { searchParams } = new URL(input.url);
    const offset = Number.parseInt(searchParams.get("offset") ?? "0", 10);
    const limit = Number.parseInt(searchParams.get("limit") ?? "0", 10);
    state.asked.push(`${offset}+${limit}`);
    if (state.isBroken && offset > 0) return Promise.resolve(Response.json({}, { status: 400 }));
    const end = Math.min(offset + limit, state.total);
    const data = Array.from({ length: Math.max(end - offset, 0) }, (_, index) => ({
      id: `a/${offset + index}`,
      aimo: { verified: (offset + index) % 2 },
    }));
    const next = end < state.total ? "/more" : null;
    return Promise.resolve(Response.json({ data, total_count: state.total, links: { next } }));
  };
  vi.stubGlobal("fetch", answer);
  return state;
});

beforeEach(() => Object.assign(router, { total: 250, asked: [], isBroken: false }));

function searching(search: MarketSearch) {
  const asking = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { readonly children: ReactNode }): ReactNode => (
    <QueryClientProvider client={asking}>{children}</QueryClientProvider>
  );
  return renderHook(() => useModels(search), { wrapper }).result;
}

test("each page is asked once, however often more is called for while it loads", async () => {
  const found = searching({});
  await waitFor(() => expect(found.current.models).toHaveLength(100));
  expect(found.current.total).toBe(250);
  act(() => {
    found.current.loadMore();
    found.current.loadMore();
  });
  await waitFor(() => expect(found.current.models).toHaveLength(200));
  act(() => found.current.loadMore());
  await waitFor(() => expect(found.current.hasMore).toBe(false));
  act(() => found.current.loadMore());
  expect(found.current.models).toHaveLength(250);
  expect(router.asked).toEqual(["0+100", "100+100", "200+100"]);
});

test("after a fault no more is asked until somebody tries again", async () => {
  router.isBroken = true;
  const found = searching({});
  await waitFor(() => expect(found.current.models).toHaveLength(100));
  act(() => found.current.loadMore());
  await waitFor(() => expect(found.current.fault).not.toBeNull());
  act(() => found.current.loadMore());
  expect(found.current.models).toHaveLength(100);
  router.isBroken = false;
  act(() => found.current.retry());
  await waitFor(() => expect(found.current.models).toHaveLength(200));
  expect(found.current.fault).toBeNull();
  expect(router.asked).toEqual(["0+100", "100+100", "100+100"]); // the first, the one that failed, the one by hand
});

test("verified ones are sorted out here, from pages as large as they get, and counted once all are known", async () => {
  router.total = 1_500;
  const found = searching({ verified: true });
  await waitFor(() => expect(found.current.models).toHaveLength(500));
  expect(found.current.total).toBeUndefined();
  act(() => found.current.loadMore());
  await waitFor(() => expect(found.current.total).toBe(750));
  expect(router.asked).toEqual(["0+1000", "1000+1000"]);
});
