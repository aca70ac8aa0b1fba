// How the pages ask the router: what is asked again, and when.
import { QueryClient } from "@tanstack/react-query";
import { isApiFault } from "../api/api-fault.ts";

const FRESH_MS = 10_000; // a page that is opened again within it shows what it had
const TRIES = 2;

/** Asks again what nobody answered; what was refused stays refused. */
export function createAsking(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (count, fault) => count < TRIES && (!isApiFault(fault) || fault.status >= 500),
      },
    },
  });
}
