import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type SubscriptionWish =
  paths["/v1/subscriptions"]["post"]["requestBody"]["content"]["application/json"];
export type EventState = NonNullable<
  NonNullable<paths["/v1/subscriptions/{subscription_id}/events"]["get"]["parameters"]["query"]>["state"]
>;

const webhooksOf = () => got(api.GET("/v1/webhooks"));
const page = (state: "active" | "ended", before: string | null) =>
  got(api.GET("/v1/subscriptions", { params: { query: { state, before, page_size: 50 } } }));
const one = (subscription_id: string) =>
  got(api.GET("/v1/subscriptions/{subscription_id}", { params: { path: { subscription_id } } }));
const events = (subscription_id: string, state: EventState | null, before: number | null) =>
  got(
    api.GET("/v1/subscriptions/{subscription_id}/events", {
      params: { path: { subscription_id }, query: { state, before, page_size: 50 } },
    }),
  );

export type Webhook = Awaited<ReturnType<typeof webhooksOf>>[number];
export type Subscription = Awaited<ReturnType<typeof one>>;
export type PushEvent = Awaited<ReturnType<typeof events>>[number];

export const webhooks = queryOptions({ queryKey: ["webhooks"], queryFn: webhooksOf });

export const registerWebhook = (url: string) => got(api.POST("/v1/webhooks", { body: { url } }));
export const verifyWebhook = (webhook_id: string) =>
  got(api.POST("/v1/webhooks/{webhook_id}/verify", { params: { path: { webhook_id } } }));
export const closeWebhook = (webhook_id: string) =>
  got(api.POST("/v1/webhooks/{webhook_id}/close", { params: { path: { webhook_id } } }));

export const subscriptionsBy = (state: "active" | "ended") =>
  infiniteQueryOptions({
    queryKey: ["subscriptions", state],
    queryFn: ({ pageParam }) => page(state, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.length < 50 ? undefined : (last.at(-1)?.id ?? undefined)),
  });

export const subscriptionOf = (id: string) =>
  queryOptions({ queryKey: ["subscriptions", "one", id], queryFn: () => one(id) });

export const subscribe = (wish: SubscriptionWish) => got(api.POST("/v1/subscriptions", { body: wish }));
export const endSubscription = (subscription_id: string) =>
  got(api.POST("/v1/subscriptions/{subscription_id}/end", { params: { path: { subscription_id } } }));

/** Events newest first; `state` null: all. */
export const eventsOf = (id: string, state: EventState | null) =>
  infiniteQueryOptions({
    queryKey: ["subscriptions", "events", id, state],
    queryFn: ({ pageParam }) => events(id, state, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length < 50 ? undefined : (last.at(-1)?.number ?? undefined)),
  });

/** Tries events again; null: all that were given up. */
export const replay = (subscription_id: string, which: string[] | null) =>
  got(
    api.POST("/v1/subscriptions/{subscription_id}/replay", {
      params: { path: { subscription_id } },
      body: { events: which },
    }),
  );
