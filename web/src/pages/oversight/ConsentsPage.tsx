import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Link } from "wouter";

import type { Consent } from "../../api/consents";
import { consentPage } from "../../api/papers";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { day, spacedCode } from "../../parts/format";
import { lastDay, standingOf, TONES } from "../authorisations/standing";
import { usePurposeNames } from "../seen/purposes";
import { OversightPage } from "./OversightPage";
import styles from "./oversight.module.css";

const STATES = ["pending", "active", "paused", "revoked", "exhausted", "rejected", "expired"] as const;

/** All authorisations, for supervisors and auditors. */
export function ConsentsPage() {
  const { oversight, authorisations } = useWords();
  const { value, page, change, toPage } = useAddress();
  const asked = { state: value("state"), subject: value("subject"), grantee: value("member") };
  const query = useQuery({
    ...consentPage({
      ...(asked.state !== "" && { state: asked.state }),
      ...(asked.subject !== "" && { subject: asked.subject }),
      ...(asked.grantee !== "" && { grantee: asked.grantee }),
      page,
      page_size: 50,
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <OversightPage here="consents">
      <Filters>
        <Filter label={oversight.state} id="state">
          <Select
            id="state"
            allowClear
            value={asked.state || null}
            onChange={(state: string | null) => change({ state: state ?? "" })}
            options={STATES.map((state) => ({ value: state, label: authorisations.states[state] }))}
          />
        </Filter>
        {(["subject", "member"] as const).map((name) => (
          <Filter key={name} label={oversight[name]} id={name}>
            <Input
              id={name}
              allowClear
              maxLength={name === "subject" ? 20 : 40}
              key={value(name)}
              defaultValue={value(name)}
              onBlur={({ target }) => change({ [name]: target.value.replace(/\s+/g, "") })}
              onPressEnter={({ currentTarget }) =>
                change({ [name]: currentTarget.value.replace(/\s+/g, "") })
              }
            />
          </Filter>
        ))}
      </Filters>
      <Section title={oversight.consents}>
        <Loaded query={query}>
          {(found) =>
            found.consents.length === 0 ? (
              <Empty title={oversight.noConsents}>{oversight.noConsentsHint}</Empty>
            ) : (
              <>
                <ConsentRows found={found.consents} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </OversightPage>
  );
}

function ConsentRows({ found }: { found: Consent[] }) {
  const { oversight, authorisations, papers } = useWords();
  const purposeName = usePurposeNames();
  const columns: Column<Consent>[] = [
    {
      title: oversight.about,
      isHead: true,
      cell: (one) => (
        <>
          <Link href={`/oversight/consents/${one.id}`}>{one.subject_name}</Link>
          <span className={`${styles["under"]} code`}>{spacedCode(one.subject)}</span>
        </>
      ),
    },
    { title: papers.grantee, cell: (one) => one.grantee_name },
    { title: oversight.purpose, cell: (one) => purposeName(one.purpose) },
    {
      title: oversight.state,
      cell: (one) => <State tone={TONES[standingOf(one)]}>{authorisations.states[standingOf(one)]}</State>,
    },
    { title: papers.requested, cell: (one) => <span className="num">{day(one.requested_at)}</span> },
    { title: oversight.validTo, cell: (one) => <span className="num">{lastDay(one.valid_to)}</span> },
    {
      title: oversight.used,
      cell: (one) =>
        one.max_calls === null ? oversight.times(one.used) : oversight.timesOf(one.used, one.max_calls),
      isNumber: true,
    },
  ];
  return <Rows label={oversight.consents} rows={found} columns={columns} keyOf={(one) => one.id} />;
}
