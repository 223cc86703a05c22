import { QueryClient } from "@tanstack/react-query";

import { Fault } from "../api/fault";

/** Kept data of this page view. What our API refused stays refused; only what may pass by itself is tried again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (failures, thrown) => failures < 2 && !(thrown instanceof Fault && thrown.status < 500),
    },
  },
});
