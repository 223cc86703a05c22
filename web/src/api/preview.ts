import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";

/** What a question would be answered; nothing is read, recorded or counted by asking this. */
const look = (subject: string, purpose: string, as_of: string) =>
  got(
    api.POST("/v1/inquiries/preview", {
      body: { subject, purpose, ...(as_of === "" ? {} : { as_of }) },
    }),
  );

export type Preview = Awaited<ReturnType<typeof look>>;
export type PreviewItem = Preview["items"][number];

/** Decisions on every item, as of this moment: authorisations may change at any time. */
export const previewOf = (subject: string, purpose: string, asOf: string) =>
  queryOptions({
    queryKey: ["consents", "preview", subject, purpose, asOf], // a step of an authorisation makes it stale
    queryFn: () => look(subject, purpose, asOf),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      // what the firm signs is seen without a reload
      state.data?.items.some(({ code }) => code === "consent_pending") === true ? 5_000 : false,
  });
