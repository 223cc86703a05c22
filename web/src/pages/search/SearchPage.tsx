import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { readSubjects, type SubjectLine, SUBJECTS_PAGE, subjectsBy } from "../../api/subjects";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { ExportButton } from "../../parts/ExportButton";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { asCode, pathOf } from "./code";

/** Looks firms up; from here one goes to the workbench. */
export function SearchPage() {
  const { search } = useWords();
  const { value, page, change, toPage } = useAddress();
  const asked = {
    q: value("q"),
    division: value("division"),
    kind: value("kind"),
    size_class: value("size"),
    page,
  };
  const isAsked = asked.q !== "" || asked.division !== "" || asked.kind !== "" || asked.size_class !== "";
  const query = useQuery({ ...subjectsBy(asked), enabled: isAsked, placeholderData: keepPreviousData });
  const find = useFind((q) => change({ q }));
  const exported = useExportColumns();
  const options = (names: Record<string, string>) =>
    Object.entries(names).map(([code, label]) => ({ value: code, label }));
  return (
    <Page title={search.title} lead={search.lead}>
      <Filters>
        <Filter label={search.q} id="q">
          <FindField key={asked.q} initial={asked.q} onFind={find} />
        </Filter>
        <Filter label={search.division} id="division">
          <Input
            id="division"
            key={asked.division}
            defaultValue={asked.division}
            placeholder={search.divisionHint}
            maxLength={6}
            inputMode="numeric"
            allowClear
            onBlur={({ target }) => change({ division: target.value.trim() })}
            onPressEnter={({ currentTarget }) => change({ division: currentTarget.value.trim() })}
          />
        </Filter>
        <Choice
          id="kind"
          label={search.kind}
          value={asked.kind}
          options={options(search.kinds)}
          onChange={change}
        />
        <Choice
          id="size"
          label={search.size}
          value={asked.size_class}
          options={options(search.sizes)}
          onChange={change}
        />
      </Filters>
      <Section
        title={search.results}
        actions={
          isAsked && (
            <ExportButton
              name={search.results}
              columns={exported}
              readPage={async (number, size) => {
                const found = await readSubjects({ ...asked, page: number }, size);
                return { rows: found.items, total: found.total };
              }}
              keyOf={keyOf}
              pageSize={100}
              limit={10_000}
              total={query.data?.total}
            />
          )
        }
      >
        {!isAsked ? (
          <Empty title={search.start}>{search.startHint}</Empty>
        ) : (
          <Loaded query={query}>
            {(found) =>
              found.total === 0 ? (
                <Empty title={search.none}>{search.noneHint}</Empty>
              ) : (
                <>
                  <Found subjects={found.items} />
                  {found.more && <p className="quiet">{search.more(count(found.total))}</p>}
                  <Pager page={found.page} pageSize={SUBJECTS_PAGE} total={found.total} onPage={toPage} />
                </>
              )
            }
          </Loaded>
        )}
      </Section>
    </Page>
  );
}

/** Where a code is given, the workbench opens at once; anything else is looked for. */
export function useFind(onWords: (q: string) => void): (q: string) => void {
  const [, go] = useLocation();
  const client = useQueryClient();
  return (given) => {
    const q = given.trim();
    const code = asCode(q);
    if (code === null) return onWords(q);
    const asked = { q: code, division: "", kind: "", size_class: "", page: 1 };
    client
      .fetchQuery(subjectsBy(asked))
      .then((found) => {
        const only = found.items.length === 1 ? found.items[0] : undefined;
        if (only?.code === code) go(pathOf(only));
        else onWords(q);
      })
      .catch(() => onWords(q)); // the list says what is wrong
  };
}

/** A field for a code or a name, with its button. */
export function FindField({ initial = "", onFind }: { initial?: string; onFind: (q: string) => void }) {
  const { search } = useWords();
  const [q, setQ] = useState(initial);
  return (
    <Input.Search
      id="q"
      value={q}
      placeholder={search.qHint}
      maxLength={200}
      allowClear
      enterButton={search.find}
      style={{ width: "min(100%, 420px)" }}
      onChange={({ target }) => setQ(target.value)}
      onSearch={onFind}
    />
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (changes: Record<string, string>) => void;
}

function Choice({ id, label, value, options, onChange }: ChoiceProps) {
  const { shell } = useWords();
  return (
    <Filter label={label} id={id}>
      <Select
        id={id}
        value={value}
        options={[{ value: "", label: shell.all }, ...options]}
        onChange={(chosen) => onChange({ [id]: chosen })}
      />
    </Filter>
  );
}

const keyOf = (one: SubjectLine) => one.code ?? one.old_number ?? one.name;

function Found({ subjects }: { subjects: readonly SubjectLine[] }) {
  const { search } = useWords();
  const { language } = useLanguage();
  const columns: Column<SubjectLine>[] = [
    { title: search.name, cell: (one) => <Link href={pathOf(one)}>{one.name}</Link>, isHead: true },
    { title: search.code, cell: (one) => <span className="code">{spacedCode(keyOf(one))}</span> },
    { title: search.region, cell: (one) => one.division_path || search.unknown },
    {
      title: search.size,
      cell: (one) => search.sizes[one.size_class as keyof typeof search.sizes] ?? one.size_name,
    },
    {
      title: search.status,
      cell: (one) => (
        <State tone={one.status === "1" ? "good" : one.status === null ? "calm" : "bad"}>
          {shortStatus(one.status_name, language) || search.unknown}
        </State>
      ),
    },
    { title: search.established, cell: (one) => one.established ?? "—" },
  ];
  return <Rows label={search.results} rows={subjects} columns={columns} keyOf={keyOf} />;
}

/** A state without its explanation in brackets: 存续(在营、开业、在册) → 存续. */
export function shortStatus(name: string, language: "zh" | "en"): string {
  return typeset(language === "zh" ? name.replace(/[（(].*$/, "") : name);
}

function useExportColumns() {
  const { search } = useWords();
  return [
    { title: search.code, value: keyOf },
    { title: search.name, value: (one: SubjectLine) => one.name, width: 36 },
    { title: search.kind, value: (one: SubjectLine) => one.kind_name },
    { title: search.region, value: (one: SubjectLine) => one.division_path, width: 30 },
    { title: search.size, value: (one: SubjectLine) => one.size_name },
    { title: search.status, value: (one: SubjectLine) => one.status_name },
    { title: search.established, value: (one: SubjectLine) => one.established, kind: "day" as const },
  ];
}
