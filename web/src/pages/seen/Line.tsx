import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { InquiryLine } from "../../api/inquiries";
import { catalogue } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { ReceiptButton } from "./ReceiptButton";
import { givenIn } from "./days";
import { usePurposeNames } from "./purposes";
import styles from "./seen.module.css";

/** One look: when, who, what for, what was given and by which authorisation; with its receipt. */
export function Line({
  line,
  isBare = false,
  isDated = isBare,
}: {
  line: InquiryLine;
  isBare?: boolean; // among the uses of an authorisation, which need not be named
  isDated?: boolean; // outside the list of days
}) {
  const { seen } = useWords();
  const purposeName = usePurposeNames();
  const names = useItemNames();
  const { consented, open, verified, refused } = givenIn(line.items);
  const [consent] = line.consents;
  return (
    <li className={styles["line"]}>
      <time className="num" dateTime={line.at}>
        {isDated ? moment(line.at) : moment(line.at).slice(11)}
      </time>
      <div className={styles["what"]}>
        <p>
          <strong>{line.member_name ?? seen.self}</strong>
          <span className={styles["purpose"]}>{purposeName(line.purpose)}</span>
        </p>
        <dl>
          <Items name={seen.byConsent} items={names(consented)} />
          <Items name={seen.open} items={names(open)} />
          <Items name={seen.verified} items={names(verified)} />
          <Items name={seen.refused} items={names(refused.map(([item]) => item))} />
        </dl>
        <p className={styles["foot"]}>
          {consent !== undefined && !isBare && <Link href={`/authorisations/${consent}`}>{seen.under}</Link>}
          {line.reference !== null && (
            <span>
              {seen.reference} <span className="code">{line.reference}</span>
            </span>
          )}
          <span className="num">{seen.leaf(String(line.leaf))}</span>
        </p>
      </div>
      <ReceiptButton leaf={line.leaf} />
    </li>
  );
}

function Items({ name, items }: { name: string; items: string[] }) {
  const { seen } = useWords();
  const { language } = useLanguage();
  if (items.length === 0) return null;
  const many = items.length > FEW;
  const words = items.slice(0, many ? FEW : items.length).join(language === "zh" ? "、" : ", ");
  return (
    <div>
      <dt>{name}</dt>
      <dd title={many ? items.join("、") : undefined}>
        {words} {many && seen.more(String(items.length))}
      </dd>
    </div>
  );
}

const FEW = 5;

function useItemNames(): (items: readonly string[]) => string[] {
  const { language } = useLanguage();
  const query = useQuery(catalogue);
  const names = new Map(query.data?.items.map((one) => [one.item, typeset(one.name[language])]));
  return (items) => items.map((item) => names.get(item) ?? item);
}
