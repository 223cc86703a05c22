import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Select } from "antd";
import { Link } from "wouter";

import type { InquiryLine } from "../../api/inquiries";
import { inquiriesBefore, type InquiryQuery, LINES } from "../../api/oversight";
import { catalogue as allItems } from "../../api/platform";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { moment, spacedCode } from "../../parts/format";
import { Who } from "../log/Who";
import { usePurposeNames } from "../seen/purposes";
import { ExportInquiries } from "./ExportInquiries";
import { OversightPage } from "./OversightPage";
import { givenIn } from "../seen/days";
import styles from "./oversight.module.css";

const TEXTS = ["subject", "member"] as const;

/** Who read what, for supervisors and auditors. */
export function InquiriesPage() {
  const { oversight, authorisations } = useWords();
  const { value, change } = useAddress();
  const before = Number.parseInt(value("before"), 10);
  const filter: InquiryQuery = {
    ...Object.fromEntries(
      (["subject", "member", "purpose", "since", "until"] as const)
        .filter((name) => value(name) !== "")
        .map((name) => [name, value(name)]),
    ),
    ...(value("others") === "yes" && { others: true }),
  };
  const query = useQuery({
    ...inquiriesBefore(filter, before >= 0 ? before : null),
    placeholderData: keepPreviousData,
  });
  const narrow = (changes: Record<string, string>) => change({ ...changes, before: "" });
  return (
    <OversightPage here="inquiries" actions={<ExportInquiries filter={filter} />}>
      <Filters>
        {TEXTS.map((name) => (
          <Filter key={name} label={oversight[name]} id={name}>
            <Input
              id={name}
              allowClear
              maxLength={40}
              key={value(name)}
              defaultValue={value(name)}
              onBlur={({ target }) => narrow({ [name]: target.value.replace(/\s+/g, "") })}
              onPressEnter={({ currentTarget }) =>
                narrow({ [name]: currentTarget.value.replace(/\s+/g, "") })
              }
            />
          </Filter>
        ))}
        <Filter label={oversight.purpose} id="purpose">
          <Select
            id="purpose"
            allowClear
            value={value("purpose") || null}
            onChange={(purpose: string | null) => narrow({ purpose: purpose ?? "" })}
            options={Object.entries(authorisations.purposes).map(([key, label]) => ({ value: key, label }))}
          />
        </Filter>
        {(["since", "until"] as const).map((name) => (
          <Filter key={name} label={oversight[name]} id={name}>
            <Input
              id={name}
              type="date"
              value={value(name)}
              onChange={({ target }) => narrow({ [name]: target.value })}
            />
          </Filter>
        ))}
        <Checkbox
          className={styles["check"] ?? ""}
          checked={value("others") === "yes"}
          onChange={({ target }) => narrow({ others: target.checked ? "yes" : "" })}
        >
          {oversight.others}
        </Checkbox>
      </Filters>
      <Section title={oversight.inquiries}>
        <Loaded query={query}>
          {(lines) =>
            lines.length === 0 ? (
              <Empty title={oversight.empty}>{oversight.emptyHint}</Empty>
            ) : (
              <>
                <Lines lines={lines} />
                <nav className={styles["pager"]} aria-label={oversight.older}>
                  <span className="quiet num">{oversight.shown(lines.length)}</span>
                  {before >= 0 && (
                    <Button onClick={() => change({ before: "" })}>{oversight.newestPage}</Button>
                  )}
                  <Button
                    disabled={lines.length < LINES}
                    onClick={() => change({ before: String(lines.at(-1)?.leaf ?? "") })}
                  >
                    {oversight.older}
                  </Button>
                </nav>
              </>
            )
          }
        </Loaded>
      </Section>
    </OversightPage>
  );
}

function Lines({ lines }: { lines: InquiryLine[] }) {
  const { oversight } = useWords();
  const person = usePerson();
  const purposeName = usePurposeNames();
  const columns: Column<InquiryLine>[] = [
    { title: oversight.when, cell: (line) => <span className="num">{moment(line.at)}</span>, isHead: true },
    {
      title: oversight.reader,
      cell: (line) => (
        <>
          {line.member_name ?? oversight.own}
          <span className={styles["under"]}>
            <Who id={line.principal} />
          </span>
        </>
      ),
    },
    {
      title: oversight.about,
      cell: (line) => (
        <>
          {line.subject_name}
          <span className={`${styles["under"]} code`}>{spacedCode(line.subject_code)}</span>
        </>
      ),
    },
    { title: oversight.purpose, cell: (line) => purposeName(line.purpose) },
    { title: oversight.given, cell: (line) => <Given line={line} /> },
    {
      title: oversight.consent,
      cell: (line) =>
        line.consents.length === 0
          ? oversight.open
          : line.consents.map((id) =>
              person.may("read", "consent") ? (
                <Link key={id} href={`/oversight/consents/${id}`} className="code">
                  {id.slice(0, 8)}
                </Link>
              ) : (
                <span key={id} className="code">
                  {id.slice(0, 8)}
                </span>
              ),
            ),
    },
    {
      title: oversight.leaf,
      cell: (line) => (
        <Link href={`/ledger/${line.leaf}`} className="num">
          {line.leaf}
        </Link>
      ),
    },
  ];
  return <Rows label={oversight.inquiries} rows={lines} columns={columns} keyOf={(line) => line.leaf} />;
}

function Given({ line }: { line: InquiryLine }) {
  const { oversight } = useWords();
  const { language } = useLanguage();
  const items = useQuery(allItems);
  const { consented, open, verified, refused } = givenIn(line.items);
  const given = consented.length + open.length + verified.length;
  const names = refused.map(
    ([item]) => items.data?.items.find((one) => one.item === item)?.name[language] ?? item,
  );
  return (
    <>
      {oversight.allowed(given, given + refused.length)}
      {refused.length > 0 && refused.length <= 4 && (
        <span className={styles["under"]}>
          {oversight.refusedItems(names.join(language === "zh" ? "、" : ", "))}
        </span>
      )}
    </>
  );
}
