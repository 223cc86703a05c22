import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import { type ListQuery, partsOf, readResults, type Result, resultsOf } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { ExportButton } from "../../parts/ExportButton";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { count, spacedCode } from "../../parts/format";
import { GRADE_TONES, GRADES } from "../models/tones";
import { useGroupNames } from "./names";
import { groupsBy, totalOf } from "./sums";

const SIZE = 50;

/** Stored evaluations, best first, by grade and city. */
export function ResultsPart({ model }: { model: string }) {
  const { grading: words } = useWords();
  const { value, page, change, toPage } = useAddress();
  const nameOf = useGroupNames();
  const grade = GRADES.find((one) => one === value("grade")) ?? null;
  const division = value("division");
  const parts = useQuery(partsOf(model));
  const filter: ListQuery = {
    model,
    ...(grade === null ? {} : { grade }),
    ...(division === "" ? {} : { division }),
  };
  const query = useQuery(resultsOf({ ...filter, skip: (page - 1) * SIZE, page_size: SIZE }));
  const total = parts.data === undefined ? undefined : totalOf(parts.data, grade ?? "", division);
  return (
    <>
      <Filters>
        <Filter label={words.grade} id="grade">
          <Select
            id="grade"
            allowClear
            value={grade}
            placeholder={words.any}
            options={GRADES.map((one) => ({ value: one, label: one }))}
            onChange={(one: string | null) => change({ grade: one ?? "" })}
          />
        </Filter>
        <Filter label={words.groupHeads.division} id="division">
          <Select
            id="division"
            allowClear
            value={division || null}
            placeholder={words.any}
            popupMatchSelectWidth={false}
            options={groupsBy(parts.data ?? [], "division").flatMap((one) =>
              one.part === null ? [] : [{ value: one.part, label: nameOf("division", one.part) }],
            )}
            onChange={(one: string | null) => change({ division: one ?? "" })}
          />
        </Filter>
      </Filters>
      <Section
        title={words.tabs.list}
        note={words.listNote}
        actions={
          total !== undefined &&
          total > 0 && (
            <ExportButton
              name={words.tabs.list}
              columns={[
                { title: words.code, value: (one: Result) => one.code ?? one.old_number },
                { title: words.subject, value: (one) => one.name, width: 36 },
                { title: words.score, value: (one) => one.score, kind: "count" },
                { title: words.grade, value: (one) => one.grade },
                { title: words.asOf, value: (one) => one.as_of },
                { title: words.version, value: (one) => one.version },
              ]}
              keyOf={(one) => one.code ?? one.old_number ?? one.name}
              total={total}
              readPage={async (number, size) => ({
                rows: await readResults({ ...filter, skip: (number - 1) * size, page_size: size }),
                total,
              })}
            />
          )
        }
      >
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={words.none}>{words.noneHint}</Empty>
            ) : (
              <>
                <ResultRows found={found} />
                {total !== undefined && <Pager page={page} pageSize={SIZE} total={total} onPage={toPage} />}
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function ResultRows({ found }: { found: Result[] }) {
  const { grading: words, search } = useWords();
  const nameOf = useGroupNames();
  const sizes: Readonly<Record<string, string>> = search.sizes;
  const columns: Column<Result>[] = [
    {
      title: words.subject,
      isHead: true,
      cell: (one) => (
        <>
          <span style={{ whiteSpace: "normal" }}>{one.name}</span>
          <br />
          <span className="code quiet">{one.code === null ? one.old_number : spacedCode(one.code)}</span>
        </>
      ),
    },
    {
      title: words.groupHeads.division,
      cell: (one) => nameOf("division", one.division?.slice(0, 4) ?? null),
    },
    { title: words.groupHeads.size, cell: (one) => sizes[one.size_class] ?? one.size_class },
    { title: words.score, cell: (one) => count(one.score), isNumber: true },
    {
      title: words.grade,
      cell: (one) => (
        <>
          <State tone={GRADE_TONES[one.grade] ?? "calm"}>{one.grade}</State>
          {one.vetoes.length > 0 && <span className="quiet"> {words.vetoed}</span>}
        </>
      ),
    },
    { title: words.asOf, cell: (one) => <span className="num">{one.as_of}</span> },
  ];
  return (
    <Rows
      label={words.tabs.list}
      rows={found}
      columns={columns}
      keyOf={(one) => one.code ?? one.old_number ?? one.name}
    />
  );
}
