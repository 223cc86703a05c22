import { useQuery } from "@tanstack/react-query";
import { Input, Progress } from "antd";

import { consentPurposes } from "../../api/consents";
import { type Quota, type Usage, usageOf } from "../../api/usage";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { TimeChart } from "../../parts/chart/Chart";
import { count, moment } from "../../parts/format";
import { byDay, byPurpose, sumOf } from "./sums";
import styles from "./usage.module.css";

/** How much one's own organisation asked, and how much more it may. */
export function UsagePage() {
  const { usage } = useWords();
  const { value, change } = useAddress();
  const query = useQuery(usageOf(value("since"), value("until")));
  return (
    <Page title={usage.title} lead={usage.lead}>
      <Filters>
        {(["since", "until"] as const).map((name) => (
          <Filter key={name} label={usage[name]} id={name}>
            <Input
              id={name}
              type="date"
              value={value(name) || (query.data?.[name] ?? "")}
              onChange={({ target }) => change({ [name]: target.value })}
            />
          </Filter>
        ))}
      </Filters>
      <Loaded query={query}>
        {(found) => (
          <>
            <Inquiries found={found} />
            <Quotas quotas={found.quotas} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Inquiries({ found }: { found: Usage }) {
  const { usage } = useWords();
  const sums = sumOf(found.days);
  if (sums.inquiries === 0) {
    return (
      <Section title={usage.inquiries}>
        <Empty title={usage.none}>{usage.noneHint}</Empty>
      </Section>
    );
  }
  const share = (part: number) => usage.share(((100 * part) / sums.inquiries).toFixed(1));
  const days = byDay(found.days, found.since, found.until);
  const tiles: [string, string][] = [
    [usage.inquiries, usage.times(count(sums.inquiries))],
    [usage.subjects, usage.firms(count(found.subjects))],
    [usage.whole, share(sums.whole)],
    [usage.authorised, share(sums.authorised)],
  ];
  return (
    <>
      <Section title={usage.inquiries}>
        <dl className={styles["tiles"]}>
          {tiles.map(([name, words]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{words}</dd>
            </div>
          ))}
          {found.busiest !== null && (
            <div>
              <dt>{usage.busiest}</dt>
              <dd>{usage.times(count(found.busiest.inquiries))}</dd>
              <dd>{moment(found.busiest.at)}</dd>
            </div>
          )}
        </dl>
      </Section>
      <Section title={usage.perDay}>
        <TimeChart
          title={usage.perDayNote}
          labels={days.map(([day]) => day)}
          series={(["whole", "refused", "partly"] as const).map((part) => ({
            name: usage[part],
            values: days.map(([, one]) => one[part]),
          }))}
          shape="bar"
          isStacked
          unit={usage.unit}
        />
      </Section>
      <Purposes found={found} />
    </>
  );
}

function Purposes({ found }: { found: Usage }) {
  const { usage } = useWords();
  const person = usePerson();
  const templates = useQuery({ ...consentPurposes, enabled: person.may("read", "consent") });
  const nameOf = (code: string) => templates.data?.purposes.find((one) => one.purpose === code)?.name ?? code;
  const number = (part: "inquiries" | "whole" | "partly" | "refused" | "authorised") => ({
    title: usage[part],
    cell: ([, sums]: ReturnType<typeof byPurpose>[number]) => count(sums[part]),
    isNumber: true,
  });
  return (
    <Section title={usage.byPurpose}>
      <Rows
        label={usage.byPurpose}
        rows={byPurpose(found.days)}
        keyOf={([purpose]) => purpose}
        columns={[
          { title: usage.purpose, cell: ([purpose]) => nameOf(purpose), isHead: true },
          number("inquiries"),
          number("whole"),
          number("partly"),
          number("refused"),
          number("authorised"),
        ]}
      />
    </Section>
  );
}

function Quotas({ quotas }: { quotas: readonly Quota[] }) {
  const { usage } = useWords();
  return (
    <Section title={usage.quotas} note={usage.quotasNote}>
      <ul className={styles["quotas"]}>
        {quotas.map(({ name, limit, used, per }) => (
          <li key={name}>
            <span>
              {usage.names[name as keyof typeof usage.names] ?? name}
              {per !== null && (
                <small className="quiet"> {usage.per[per as keyof typeof usage.per] ?? per}</small>
              )}
            </span>
            {used === null ? (
              <span className="num">{usage.limit(count(limit))}</span>
            ) : (
              <>
                <Progress
                  percent={Math.min(100, (100 * used) / Math.max(1, limit))}
                  showInfo={false}
                  size="small"
                  aria-label={usage.names[name as keyof typeof usage.names] ?? name}
                />
                <span className="num">{usage.left(count(Math.max(0, limit - used)), count(limit))}</span>
              </>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
