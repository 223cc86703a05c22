import { RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { Link } from "wouter";

import { figures } from "../../api/public";
import type { Figures } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { shortCount } from "../../parts/chart/options";
import { count } from "../../parts/format";
import { FaultNotice } from "../../parts/Notice";
import styles from "./FrontPage.module.css";

/** The platform in figures, and what anybody may do without signing in. */
export function Now() {
  const { front } = useWords();
  const query = useQuery(figures);
  return (
    <section className={styles["now"]} aria-labelledby="now">
      <div className={styles["nowInner"]}>
        <h2 id="now" className="unseen">
          {front.now}
        </h2>
        {query.isPending && <Skeleton active title={false} paragraph={{ rows: 2 }} />}
        {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
        {query.data !== undefined && <Counts told={query.data} />}
        <ul className={styles["open"]} aria-label={front.open}>
          {front.publicDoors.map(({ to, title, text }) => (
            <li key={to}>
              <PlaceLink to={to}>
                <span>
                  <strong>{title}</strong>
                  <small>{text}</small>
                </span>
                <RightOutlined aria-hidden="true" />
              </PlaceLink>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** The description of the API is a page of the node, not of this application. */
function PlaceLink({ to, children }: { to: string; children: React.ReactNode }) {
  return to === "/docs" ? <a href={to}>{children}</a> : <Link href={to}>{children}</Link>;
}

function Counts({ told }: { told: Figures }) {
  const { front } = useWords();
  const { language } = useLanguage();
  const shown: [keyof typeof front.figures, number | null][] = [
    ["subjects", told.subjects],
    ["items", told.items],
    ["members", told.members.reduce((sum, one) => sum + one.members, 0)],
    ["batches", told.batches],
    ["inquiries", told.inquiries],
    ["consents", told.consents],
  ];
  return (
    <dl className={styles["counts"]}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{front.figures[name]}</dt>
          <dd className="num">
            {value === null ? front.few : value >= 1_000_000 ? shortCount(value, language) : count(value)}
            <small>{front.units[name]}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
