import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Popconfirm, Select } from "antd";

import { giveOut, type Member, type Module, type SubjectsQuery, subjectsOf } from "../../api/modules";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { useGroupNames } from "../grades/names";
import { GRADE_TONES, GRADES } from "../models/tones";
import styles from "./modules.module.css";

const SIZE = 50;
type Words = ReturnType<typeof useWords>["modulePages"];

/** Who belongs, why, and what the evidence is; by the lists that the module declares. */
export function ListPart({ module }: { module: Module }) {
  const { modulePages: words, shell } = useWords();
  const { value, page, change, toPage } = useAddress();
  const { language } = useLanguage();
  const list = module.definition.lists.find((one) => one.id === value("list")) ?? module.definition.lists[0];
  const query = useQuery(
    subjectsOf(module.id, {
      ...queryOf(value),
      ...(list === undefined ? {} : { list: list.id }),
      skip: (page - 1) * SIZE,
      page_size: SIZE,
    }),
  );
  const isLast = (query.data?.subjects.length ?? 0) < SIZE;
  return (
    <>
      <ListFilters module={module} chosen={list?.id ?? ""} value={value} change={change} />
      <Section
        title={list === undefined ? words.tabs.list : typeset(list.name[language])}
        note={words.listNote}
        actions={list && <GiveOut key={list.id} module={module.id} list={list.id} />}
      >
        <Loaded query={query}>
          {(found) =>
            found.subjects.length === 0 ? (
              <Empty title={words.noMembers}>{words.noMembersHint}</Empty>
            ) : (
              <>
                <Members found={found.subjects} module={module} />
                <nav className={styles["pager"]} aria-label={shell.pages}>
                  <Button disabled={page <= 1} onClick={() => toPage(page - 1)}>
                    {shell.previous}
                  </Button>
                  <span className="num" aria-current="page">
                    {page}
                  </span>
                  <Button disabled={isLast} onClick={() => toPage(page + 1)}>
                    {shell.next}
                  </Button>
                </nav>
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

/** What the filters ask for; the node checks the values. */
function queryOf(value: (name: string) => string): SubjectsQuery {
  const asked: Record<string, string> = {};
  for (const name of ["degree", "part", "size", "grade", "division"])
    if (value(name) !== "") asked[name] = value(name);
  return asked as SubjectsQuery;
}

interface FilterProps {
  module: Module;
  chosen: string;
  value: (name: string) => string;
  change: (changes: Record<string, string>) => void;
}

function ListFilters({ module, chosen, value, change }: FilterProps) {
  const { modulePages: words, search } = useWords();
  const { language } = useLanguage();
  const { lists, classification } = module.definition;
  const select = (name: string, options: { value: string; label: string }[]) => (
    <Select
      id={name}
      allowClear
      value={value(name) || null}
      placeholder={words.any}
      popupMatchSelectWidth={false}
      options={options}
      onChange={(one: string | null) => change({ [name]: one ?? "" })}
    />
  );
  const named = (entries: Readonly<Record<string, string>>) =>
    Object.entries(entries).map(([key, label]) => ({ value: key, label }));
  return (
    <Filters>
      <Filter label={words.list} id="list">
        <Select
          id="list"
          value={chosen}
          popupMatchSelectWidth={false}
          options={lists.map((one) => ({ value: one.id, label: typeset(one.name[language]) }))}
          onChange={(one: string) => change({ list: one })}
        />
      </Filter>
      <Filter label={words.field} id="part">
        {select(
          "part",
          classification.parts.map((one) => ({ value: one.id, label: typeset(one.name[language]) })),
        )}
      </Filter>
      <Filter label={words.size} id="size">
        {select("size", named(search.sizes))}
      </Filter>
      <Filter label={words.grade} id="grade">
        {select(
          "grade",
          GRADES.map((one) => ({ value: one, label: one })),
        )}
      </Filter>
    </Filters>
  );
}

function Members({ found, module }: { found: Member[]; module: Module }) {
  const { modulePages: words, search, screening } = useWords();
  const { language } = useLanguage();
  const nameOf = useGroupNames();
  const person = usePerson();
  const asked = module.definition.page.columns;
  const fieldOf = (id: string) =>
    typeset(module.definition.classification.parts.find((one) => one.id === id)?.name[language] ?? id);
  const sizes: Readonly<Record<string, string>> = search.sizes;
  const sections: Readonly<Record<string, string>> = screening.sections;
  const every: Record<string, Column<Member>> = {
    division: { title: words.division, cell: (one) => nameOf("division", one.division?.slice(0, 4) ?? null) },
    industry: {
      title: words.industry,
      cell: (one) => (
        <>
          <span className="code">{one.industry ?? "—"}</span>{" "}
          <span className="quiet">{sections[one.industry?.slice(0, 1) ?? ""]}</span>
        </>
      ),
    },
    size: { title: words.size, cell: (one) => sizes[one.size_class ?? ""] ?? "—" },
    degree: { title: words.degree, cell: (one) => <Degree one={one} words={words} /> },
    parts: { title: words.field, cell: (one) => one.parts.map(fieldOf).join(words.comma) || "—" },
    grade: {
      title: words.grade,
      cell: (one) =>
        one.grade === null ? "—" : <State tone={GRADE_TONES[one.grade] ?? "calm"}>{one.grade}</State>,
    },
    score: { title: words.score, cell: (one) => one.score ?? "—", isNumber: true },
  };
  const columns: Column<Member>[] = [
    {
      title: words.firm,
      isHead: true,
      cell: (one) => (
        <span className={styles["name"]}>
          {one.name}
          {asked.includes("code") && <span className="code quiet">{spacedCode(one.code)}</span>}
        </span>
      ),
    },
    ...asked.flatMap((name) => {
      const column = every[name];
      return column === undefined || (name === "score" && person.member?.kind !== "operator") ? [] : [column];
    }),
    {
      title: words.reasons,
      cell: (one) => (
        <ul className={styles["reasons"]}>
          {one.reasons.map((reason) => (
            <li key={reason}>{typeset(reason)}</li>
          ))}
        </ul>
      ),
    },
  ];
  return <Rows label={words.tabs.list} rows={found} columns={columns} keyOf={(one) => one.code} isWide />;
}

function Degree({ one, words }: { one: Member; words: Words }) {
  const degrees: Readonly<Record<string, string>> = words.degrees;
  return (
    <State tone={one.degree === "member" ? "good" : "wait"}>
      {words.degreeWith(degrees[one.degree] ?? one.degree, one.points)}
    </State>
  );
}

function GiveOut({ module, list }: { module: string; list: string }) {
  const { modulePages: words, shell } = useWords();
  const deed = useDeed({ act: () => giveOut(module, list), done: (made) => words.given(count(made.count)) });
  return (
    <div className={styles["give"]}>
      <Popconfirm
        title={<div style={{ maxWidth: 300 }}>{words.giveSure}</div>}
        okText={words.give}
        cancelText={shell.cancel}
        onConfirm={() => deed.mutate(undefined)}
      >
        <Button loading={deed.isPending}>{words.give}</Button>
      </Popconfirm>
      {deed.isError && <FaultNotice thrown={deed.error} />}
      {deed.data && (
        <Alert
          type="success"
          showIcon
          title={words.given(count(deed.data.count))}
          description={<span className="code">{words.evidence(deed.data.leaf, deed.data.digest)}</span>}
        />
      )}
    </div>
  );
}
