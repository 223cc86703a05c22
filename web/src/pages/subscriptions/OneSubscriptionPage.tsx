import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Select, Skeleton } from "antd";
import { Link } from "wouter";

import {
  endSubscription,
  eventsOf,
  type EventState,
  type PushEvent,
  replay,
  type Subscription,
  subscriptionOf,
  webhooks,
} from "../../api/push";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, moment, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { About, Health, hostOf } from "./SubscriptionsPage";

const STATES = ["waiting", "delivered", "dead", "closed"] as const satisfies readonly EventState[];
const TONES: Record<EventState, Tone> = { waiting: "wait", delivered: "good", dead: "bad", closed: "calm" };

/** One subscription: how it stands, and what became of each delivery. */
export function OneSubscriptionPage({ id }: { id: string }) {
  const { subscriptions } = useWords();
  const query = useQuery(subscriptionOf(id));
  return (
    <Page
      title={query.data === undefined ? subscriptions.title : subscriptions.kinds[query.data.kind]}
      trail={<Link href="/subscriptions">{subscriptions.back}</Link>}
    >
      <Loaded query={query}>
        {(one) => (
          <>
            <Standing one={one} />
            <Events one={one} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Standing({ one }: { one: Subscription }) {
  const { subscriptions } = useWords();
  const person = usePerson();
  const hooks = useQuery(webhooks);
  const end = useDeed({
    act: () => endSubscription(one.id),
    done: subscriptions.endDone,
    refreshes: [["subscriptions"], ["usage"]],
  });
  return (
    <Section title={subscriptions.about} actions={<Health one={one} />}>
      <Facts
        facts={[
          [subscriptions.about, <About one={one} />],
          [subscriptions.to, <span className="code">{hostOf(hooks.data ?? [], one.webhook_id)}</span>],
          [subscriptions.created, <span className="num">{moment(one.created_at)}</span>],
          one.ended_at === null
            ? [
                subscriptions.next,
                <span className="num">{one.due_at === null ? "—" : moment(one.due_at)}</span>,
              ]
            : [subscriptions.ended, <span className="num">{moment(one.ended_at)}</span>],
        ]}
      />
      {end.isError && <FaultNotice thrown={end.error} />}
      {one.state === "active" && person.may("end", "subscription") && (
        <div style={{ marginTop: 20 }}>
          <ConfirmButton
            sure={subscriptions.endSure}
            loading={end.isPending}
            onConfirm={() => end.mutate(undefined)}
          >
            {subscriptions.end}
          </ConfirmButton>
        </div>
      )}
    </Section>
  );
}

function Events({ one }: { one: Subscription }) {
  const { subscriptions } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const state = STATES.find((each) => each === value("state")) ?? null;
  const query = useInfiniteQuery(eventsOf(one.id, state));
  const events = query.data?.pages.flat() ?? [];
  const again = useDeed({
    act: (which: string[] | null) => replay(one.id, which),
    done: ({ events: n }) => subscriptions.replayed(n),
    refreshes: [["subscriptions"]],
  });
  const mayReplay = one.state === "active" && person.may("replay", "subscription");
  const isDead = state === "dead";
  return (
    <Section
      title={subscriptions.events}
      note={subscriptions.eventsNote}
      actions={
        mayReplay &&
        isDead &&
        events.length > 0 && (
          <Button loading={again.isPending} onClick={() => again.mutate(null)}>
            {subscriptions.replayAll}
          </Button>
        )
      }
    >
      <Filters>
        <Filter label={subscriptions.state} id="state">
          <Select
            id="state"
            value={state ?? ""}
            options={[
              { value: "", label: subscriptions.everyState },
              ...STATES.map((each) => ({ value: each, label: subscriptions.eventStates[each] })),
            ]}
            onChange={(chosen) => change({ state: chosen })}
          />
        </Filter>
      </Filters>
      {again.isError && <FaultNotice thrown={again.error} />}
      {query.isPending && <Skeleton active />}
      {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && events.length === 0 && (
        <Empty title={isDead ? subscriptions.noDead : subscriptions.noEvents}>
          {isDead ? subscriptions.noDeadHint : subscriptions.noEventsHint}
        </Empty>
      )}
      {events.length > 0 && (
        <EventRows
          events={events}
          {...(mayReplay ? { onReplay: (which: string) => again.mutate([which]) } : {})}
        />
      )}
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {subscriptions.olderEvents}
        </Button>
      )}
    </Section>
  );
}

function EventRows({ events, onReplay }: { events: PushEvent[]; onReplay?: (id: string) => void }) {
  const { subscriptions } = useWords();
  const columns: Column<PushEvent>[] = [
    { title: subscriptions.at, cell: (one) => <span className="num">{moment(one.at)}</span>, isHead: true },
    {
      title: subscriptions.firm,
      cell: (one) =>
        one.subject_code === null ? "—" : <span className="code">{spacedCode(one.subject_code)}</span>,
    },
    {
      title: subscriptions.about,
      cell: (one) => subscriptions.aboutItems(count(one.items.length)),
    },
    {
      title: subscriptions.state,
      cell: (one) => <State tone={TONES[one.state]}>{subscriptions.eventStates[one.state]}</State>,
    },
    { title: subscriptions.tries, cell: (one) => count(one.tries), isNumber: true },
    { title: subscriptions.fault, cell: (one) => (one.fault === null ? "—" : typeset(one.fault)) },
    {
      title: subscriptions.evidence,
      cell: (one) =>
        one.leaf === null ? "—" : <Link href={`/inquiries/${one.leaf}`}>{count(one.leaf)}</Link>,
      isNumber: true,
    },
  ];
  if (onReplay !== undefined) {
    columns.push({
      title: "",
      cell: (one) =>
        one.state === "dead" || one.state === "closed" ? (
          <Button size="small" onClick={() => onReplay(one.id)}>
            {subscriptions.replayOne}
          </Button>
        ) : null,
    });
  }
  return <Rows label={subscriptions.events} rows={events} columns={columns} keyOf={(one) => one.number} />;
}
