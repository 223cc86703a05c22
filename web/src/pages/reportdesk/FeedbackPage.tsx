import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Select } from "antd";

import { type NamedRecord, wrongRecords } from "../../api/objectionDesk";
import { answerFeedback, feedbackBy, type FeedbackFilter, type Remark } from "../../api/reportDesk";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { State, type Tone } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { Records } from "../objections/Records";

const TONES: Readonly<Record<Remark["kind"], Tone>> = { useful: "good", wrong: "bad", missing: "wait" };
const PLACE = "/report-feedback";

/** What readers of reports say, for the providers of the items and the platform to answer; and records found wrong. */
export function FeedbackPage() {
  const { reportDesk: words } = useWords();
  const person = usePerson();
  const { value } = useAddress();
  const maySee = person.may("correct", "evaluation-objection");
  const isWrong = maySee && value("part") === "wrong";
  const here = isWrong ? `${PLACE}?part=wrong` : PLACE;
  return (
    <Page title={words.feedbackTitle} lead={words.feedbackLead}>
      {maySee && (
        <TabLinks
          label={words.parts}
          here={here}
          tabs={[
            [PLACE, words.feedback],
            [`${PLACE}?part=wrong`, words.wrong],
          ]}
        />
      )}
      {isWrong ? <Wrong /> : <Said />}
    </Page>
  );
}

function Said() {
  const { reportDesk: words } = useWords();
  const { value, change } = useAddress();
  const kind = (["useful", "wrong", "missing"] as const).find((one) => one === value("kind"));
  const filter: FeedbackFilter = {
    ...(kind === undefined ? {} : { kind }),
    ...(value("all") === "" ? { open: true } : {}),
  };
  const query = useInfiniteQuery(feedbackBy(filter));
  const found = query.data?.pages.flat() ?? [];
  return (
    <>
      <Filters>
        <Filter label={words.show} id="all">
          <Select
            id="all"
            value={value("all")}
            options={[
              { value: "", label: words.open },
              { value: "1", label: words.all },
            ]}
            onChange={(all: string) => change({ all })}
          />
        </Filter>
        <Filter label={words.kind} id="kind">
          <Select
            id="kind"
            allowClear
            value={kind ?? null}
            placeholder={words.any}
            options={Object.entries(words.kinds).map(([key, label]) => ({ value: key, label }))}
            onChange={(one: string | null) => change({ kind: one ?? "" })}
          />
        </Filter>
      </Filters>
      <Section title={words.feedback} note={words.feedbackNote}>
        {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && found.length === 0 && <Empty title={words.none}>{words.noneHint}</Empty>}
        <Lines>
          {found.map((one) => (
            <OneRemark key={one.id} one={one} />
          ))}
        </Lines>
        {query.hasNextPage && (
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {words.more}
          </Button>
        )}
      </Section>
    </>
  );
}

function OneRemark({ one }: { one: Remark }) {
  const { reportDesk: words } = useWords();
  const deed = useDeed({
    act: (answer: string) => answerFeedback(one.id, answer),
    done: words.answered,
    refreshes: [["report-feedback"], ["report-quality"]],
  });
  return (
    <li>
      <div>
        <State tone={TONES[one.kind]}>{words.kinds[one.kind]}</State>{" "}
        <strong>{one.item === null ? words.wholeReport : words.ofItem(one.item)}</strong>
        <p>{one.text}</p>
        <p className="quiet num">
          {moment(one.at)} · {one.number}
          {one.batch_id !== null && ` · ${words.batch(one.batch_id)}`}
        </p>
        {one.answer !== null && (
          <p>
            <strong>{words.answer}</strong> {one.answer}{" "}
            <span className="quiet num">{one.answered_at !== null && moment(one.answered_at)}</span>
          </p>
        )}
        {one.answer === null && (
          <Form
            layout="vertical"
            style={{ marginTop: 12, maxWidth: 640 }}
            onFinish={({ answer }: { answer: string }) => deed.mutate(answer.trim())}
          >
            <Form.Item
              name="answer"
              htmlFor={`answer-${one.id}`}
              label={words.answer}
              extra={words.answerHint}
              rules={[{ required: true, message: words.answerNeeded }]}
            >
              <Input.TextArea id={`answer-${one.id}`} rows={2} maxLength={1000} />
            </Form.Item>
            {deed.isError && <FaultNotice thrown={deed.error} />}
            <Button htmlType="submit" loading={deed.isPending}>
              {words.send}
            </Button>
          </Form>
        )}
      </div>
    </li>
  );
}

function Wrong() {
  const { reportDesk: words } = useWords();
  const { page, toPage } = useAddress();
  const query = useQuery(wrongRecords(page));
  return (
    <Section title={words.wrong} note={words.wrongNote}>
      <Loaded query={query}>
        {(found) =>
          found.total === 0 ? (
            <Empty title={words.noneWrong}>{words.noneWrongHint}</Empty>
          ) : (
            <>
              <Records
                facts={found.records}
                tail={(one: NamedRecord) => (
                  <p className="quiet num">
                    {one.subject_name} · {moment(one.named_at)}
                  </p>
                )}
              />
              <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
