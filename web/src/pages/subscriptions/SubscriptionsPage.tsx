import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { Link } from "wouter";

import { type Subscription, subscriptionsBy, type Webhook, webhooks } from "../../api/push";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { count, day, spacedCode } from "../../parts/format";
import { NewSubscription } from "./NewSubscription";
import { Webhooks } from "./Webhooks";

const TABS = ["active", "ended", "webhooks"] as const;

/** Subscriptions of one's own organisation, and where they are delivered. */
export function SubscriptionsPage() {
  const { subscriptions } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const tab = TABS.find((one) => one === value("tab")) ?? "active";
  const to = (one: string) => (one === "active" ? "/subscriptions" : `/subscriptions?tab=${one}`);
  const isMaking = value("new") !== "" && person.may("create", "subscription");
  return (
    <Page
      title={subscriptions.title}
      lead={subscriptions.lead}
      actions={
        person.may("create", "subscription") &&
        !isMaking && (
          <Button type="primary" onClick={() => change({ new: "subject", tab: "" })}>
            {subscriptions.make}
          </Button>
        )
      }
    >
      <TabLinks
        label={subscriptions.tabsLabel}
        here={to(tab)}
        tabs={TABS.map((one) => [to(one), subscriptions.tabs[one]])}
      />
      {isMaking && <NewSubscription kind={value("new")} screening={value("screening")} />}
      {tab === "webhooks" ? <Webhooks /> : <List key={tab} state={tab} />}
    </Page>
  );
}

function List({ state }: { state: "active" | "ended" }) {
  const { subscriptions } = useWords();
  const query = useInfiniteQuery(subscriptionsBy(state));
  const hooks = useQuery(webhooks);
  const found = query.data?.pages.flat() ?? [];
  return (
    <Section title={subscriptions.tabs[state]}>
      {query.isPending && <Skeleton active />}
      {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && found.length === 0 && (
        <Empty
          title={subscriptions.none[state]}
          {...(state === "active"
            ? { action: <Link href="/subscriptions?tab=webhooks">{subscriptions.webhooks}</Link> }
            : {})}
        >
          {state === "active" ? subscriptions.noneHint : ""}
        </Empty>
      )}
      {found.length > 0 && <SubscriptionRows found={found} hooks={hooks.data ?? []} />}
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {subscriptions.older}
        </Button>
      )}
    </Section>
  );
}

function SubscriptionRows({ found, hooks }: { found: Subscription[]; hooks: readonly Webhook[] }) {
  const { subscriptions } = useWords();
  const columns: Column<Subscription>[] = [
    {
      title: subscriptions.kind,
      cell: (one) => <Link href={`/subscriptions/${one.id}`}>{subscriptions.kinds[one.kind]}</Link>,
      isHead: true,
    },
    { title: subscriptions.about, cell: (one) => <About one={one} /> },
    { title: subscriptions.to, cell: (one) => <span className="code">{hostOf(hooks, one.webhook_id)}</span> },
    { title: subscriptions.health, cell: (one) => <Health one={one} /> },
    { title: subscriptions.created, cell: (one) => day(one.created_at) },
  ];
  return <Rows label={subscriptions.title} rows={found} columns={columns} keyOf={(one) => one.id} />;
}

/** What a subscription is about, in a few words. */
export function About({ one }: { one: Subscription }) {
  const { subscriptions } = useWords();
  if (one.kind === "screening") {
    return one.every === null ? null : (
      <>{subscriptions.every[one.every as keyof typeof subscriptions.every] ?? one.every}</>
    );
  }
  return (
    <span className="num">
      {one.subject_code !== null && (
        <>
          <span className="code">{spacedCode(one.subject_code)}</span> ·{" "}
        </>
      )}
      {subscriptions.aboutItems(count(one.items.length))}
    </span>
  );
}

/** Whether deliveries arrive. */
export function Health({ one }: { one: Subscription }) {
  const { subscriptions } = useWords();
  if (one.state === "ended") {
    const reasons: Record<string, string> = subscriptions.endedReasons;
    return <State tone="calm">{reasons[one.ended_reason ?? ""] ?? subscriptions.tabs.ended}</State>;
  }
  return one.failures > 0 ? (
    <State tone="bad">{subscriptions.failing(count(one.failures))}</State>
  ) : (
    <State tone="good">{subscriptions.healthy}</State>
  );
}

/** The host of a webhook's address. */
export function hostOf(hooks: readonly Webhook[], id: string): string {
  const url = hooks.find((one) => one.id === id)?.url;
  return url === undefined ? "—" : new URL(url).host;
}
