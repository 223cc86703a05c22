import { queryOptions, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link, useLocation, useSearchParams } from "wouter";

import { asFault } from "../../../api/fault";
import { inquire, type InquiryAnswer } from "../../../api/inquiries";
import { useWords } from "../../../i18n/words";
import { Empty } from "../../../parts/Empty";
import { Loaded } from "../../../parts/Loaded";
import { Page, Section } from "../../../parts/Page";
import { TabLinks } from "../../../parts/TabLinks";
import { count, moment } from "../../../parts/format";
import { type Question, questionOf } from "../questions";
import { Charts } from "./Charts";
import { Evidence } from "./Evidence";
import { ItemFacts } from "./ItemFacts";
import { Overview } from "./Overview";
import { Timeline } from "./Timeline";

const PARTS = ["overview", "timeline", "charts", "facts", "evidence"] as const;

/** One inquiry, never asked twice: after a reload the same key gives the same answer and leaves no new evidence. */
const answerOf = (key: string, question: Question) =>
  queryOptions({
    queryKey: ["answers", key],
    queryFn: () => inquire(question, key),
    staleTime: Infinity,
    gcTime: 30 * 60_000,
  });

/** The answer to an inquiry, made for whoever decides on credit. */
export function FilePage({ code, part }: { code: string; part: string | undefined }) {
  const [params] = useSearchParams();
  const key = params.get("k") ?? "";
  const question = questionOf(key);
  if (question === null || question.subject !== code) return <Lost code={code} />;
  return <Answer code={code} part={part ?? "overview"} id={key} question={question} />;
}

function Lost({ code }: { code: string }) {
  const { workbench } = useWords();
  return (
    <Page title={workbench.file} narrow>
      <Section title={workbench.lost}>
        <Empty
          title={workbench.lost}
          action={<Link href={`/workbench/${encodeURIComponent(code)}`}>{workbench.toWorkbench}</Link>}
        >
          {workbench.lostHint}
        </Empty>
      </Section>
    </Page>
  );
}

interface AnswerProps {
  code: string;
  part: string;
  id: string;
  question: Question;
}

function Answer({ code, part, id, question }: AnswerProps) {
  const { workbench } = useWords();
  const [, go] = useLocation();
  const query = useQuery(answerOf(id, question));
  const base = `/workbench/${encodeURIComponent(code)}`;
  const to = (one: string) => `${base}/file${one === "overview" ? "" : `/${one}`}?k=${id}`;
  const again = new URLSearchParams({ purpose: question.purpose, items: question.items.join(",") });
  const isChanged = query.isError && asFault(query.error).code === "idempotency_answer_changed";
  return (
    <Page
      title={query.data?.subject.name ?? workbench.file}
      trail={<Link href={`${base}?${again.toString()}`}>{workbench.title}</Link>}
      lead={query.data === undefined ? undefined : <Lead answer={query.data} />}
      actions={<Button onClick={() => go(`${base}?${again.toString()}`)}>{workbench.again}</Button>}
    >
      <TabLinks
        label={workbench.partsLabel}
        here={to(part)}
        tabs={PARTS.map((one) => [to(one), workbench.parts[one]])}
      />
      {isChanged ? (
        <Section title={workbench.changed}>
          <Empty
            title={workbench.changed}
            action={<Link href={`${base}?${again.toString()}`}>{workbench.toWorkbench}</Link>}
          />
        </Section>
      ) : (
        <Loaded query={query}>{(answer) => <Part part={part} answer={answer} to={to} />}</Loaded>
      )}
    </Page>
  );
}

function Lead({ answer }: { answer: InquiryAnswer }) {
  const { workbench } = useWords();
  const given = answer.items.filter((one) => one.decision.allowed);
  const rows = given.reduce((sum, one) => sum + one.rows, 0);
  return (
    <span className="num">
      {workbench.answered(moment(answer.answered_at), count(given.length), count(rows))}
      {answer.as_of !== null && ` · ${workbench.asOfDay(answer.as_of)}`}
    </span>
  );
}

interface PartProps {
  part: string;
  answer: InquiryAnswer;
  to: (part: string) => string;
}

function Part({ part, answer, to }: PartProps) {
  switch (part) {
    case "timeline":
      return <Timeline answer={answer} />;
    case "charts":
      return <Charts answer={answer} />;
    case "facts":
      return <ItemFacts answer={answer} />;
    case "evidence":
      return <Evidence answer={answer} />;
    default:
      return <Overview answer={answer} toFacts={(item) => `${to("facts")}&item=${item}`} />;
  }
}
