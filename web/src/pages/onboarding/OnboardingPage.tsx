import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { Link, useLocation } from "wouter";

import { api, got } from "../../api/client";
import type { Member, MemberKind, MemberState } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { day, spacedCode } from "../../parts/format";
import { ALL_STATES, toneOf } from "../members/tones";

/** All members, by where they stand. */
export function OnboardingPage() {
  const { desk, members } = useWords();
  const person = usePerson();
  const [, go] = useLocation();
  const { value, page, change, toPage } = useAddress();
  const asked = { state: value("state"), kind: value("kind"), text: value("text") };
  const query = useQuery({
    queryKey: ["members", asked, page],
    queryFn: () =>
      got(
        api.GET("/v1/members", {
          params: {
            query: {
              ...(asked.state !== "" && { state: asked.state as MemberState }),
              ...(asked.kind !== "" && { kind: asked.kind as MemberKind }),
              ...(asked.text !== "" && { text: asked.text }),
              page,
              page_size: 50,
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={desk.title}
      lead={desk.lead}
      actions={
        person.may("apply", "member") && (
          <Button type="primary" onClick={() => go("/onboarding/apply")}>
            {desk.applyBehalf}
          </Button>
        )
      }
    >
      <Filters>
        <Filter label={desk.filterState} id="state">
          <Select
            id="state"
            allowClear
            value={asked.state || null}
            placeholder={desk.all}
            onChange={(state: string | null) => change({ state: state ?? "" })}
            options={ALL_STATES.map((state) => ({ value: state, label: members.states[state] }))}
          />
        </Filter>
        <Filter label={desk.filterKind} id="kind">
          <Select
            id="kind"
            allowClear
            value={asked.kind || null}
            placeholder={desk.all}
            onChange={(kind: string | null) => change({ kind: kind ?? "" })}
            options={Object.entries(members.kinds).map(([kind, label]) => ({ value: kind, label }))}
          />
        </Filter>
        <Filter label={desk.filterText} id="text">
          <Input.Search
            id="text"
            allowClear
            defaultValue={asked.text}
            maxLength={100}
            onSearch={(text) => change({ text: text.trim() })}
          />
        </Filter>
      </Filters>
      <Section title={desk.title}>
        <Loaded query={query}>
          {(found) =>
            found.members.length === 0 ? (
              <Empty title={desk.empty}>{desk.emptyHint}</Empty>
            ) : (
              <>
                <MemberRows found={found.members} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function MemberRows({ found }: { found: Member[] }) {
  const { desk, members } = useWords();
  const columns: Column<Member>[] = [
    {
      title: members.name,
      cell: (one) => <Link href={`/onboarding/${one.id}`}>{one.name}</Link>,
      isHead: true,
    },
    { title: members.kind, cell: (one) => members.kinds[one.kind] },
    { title: members.code, cell: (one) => <span className="code">{spacedCode(one.code)}</span> },
    {
      title: members.state,
      cell: (one) => <State tone={toneOf(one.state)}>{members.states[one.state]}</State>,
    },
    { title: desk.since, cell: (one) => day(one.state_since) },
  ];
  return <Rows label={desk.title} rows={found} columns={columns} keyOf={(one) => one.id} />;
}
