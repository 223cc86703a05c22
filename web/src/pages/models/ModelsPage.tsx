import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link, useLocation } from "wouter";

import { type Model, models as allModels } from "../../api/evaluationDesk";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { day } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { addressOf } from "./address";
import { Life } from "./Life";
import { hasHandIn, MODEL_TONES, STATES } from "./tones";
import styles from "./models.module.css";

const PLACE = "/evaluation-models";

/** Every version of every model by where it stands; what waits for approval or for its start is a tab. */
export function ModelsPage() {
  const { scorecards: words } = useWords();
  const person = usePerson();
  const [, go] = useLocation();
  const { value } = useAddress();
  const query = useQuery(allModels);
  const state = STATES.find((one) => one === value("state")) ?? null;
  const counted = (one: string, name: string) => {
    const n = query.data?.filter((model) => model.state === one).length;
    return n === undefined ? name : `${name} ${n}`;
  };
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        person.may("create", "evaluation-model") && (
          <Button type="primary" onClick={() => go(`${PLACE}/new`)}>
            {words.draft}
          </Button>
        )
      }
    >
      <TabLinks
        label={words.byState}
        here={state === null ? PLACE : `${PLACE}?state=${state}`}
        tabs={[
          [PLACE, words.all],
          ...STATES.map((one): [string, string] => [
            `${PLACE}?state=${one}`,
            counted(one, words.queues[one]),
          ]),
        ]}
      />
      <Section
        title={state === null ? words.all : words.queues[state]}
        {...(state !== null && { note: words.queueNotes[state] })}
      >
        <Loaded query={query}>
          {(found) => (
            <List found={found.filter((one) => state === null || one.state === state)} state={state} />
          )}
        </Loaded>
      </Section>
    </Page>
  );
}

function List({ found, state }: { found: Model[]; state: string | null }) {
  const { scorecards: words } = useWords();
  if (found.length === 0)
    return <Empty title={state === null ? words.empty : words.emptyState}>{words.emptyHint}</Empty>;
  return (
    <ul className={styles["list"]}>
      {found.map((model) => (
        <Line key={`${model.id} ${model.version}`} model={model} />
      ))}
    </ul>
  );
}

function Line({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const card = model.document;
  const scored = card.dimensions.reduce((sum, dimension) => sum + dimension.indicators.length, 0);
  const isMine = model.state === "validated" && hasHandIn(model, person.id);
  return (
    <li>
      <div className={styles["lineHead"]}>
        <div>
          <Link href={addressOf(model.id, model.version)}>
            {typeset(card.name[language])} <span className="num">{model.version}</span>
          </Link>
          <p className="quiet">
            {words.inShort(card.dimensions.length, scored, card.vetoes.length)}
            {" · "}
            {words.since[model.state as keyof typeof words.since](day(lastOf(model)))}
          </p>
          {isMine && person.may("approve", "evaluation-model") && <p className="quiet">{words.yoursHint}</p>}
        </div>
        <State tone={MODEL_TONES[model.state] ?? "calm"}>
          {words.states[model.state as keyof typeof words.states]}
        </State>
      </div>
      <Life model={model} isSmall />
    </li>
  );
}

function lastOf(model: Model): string {
  return model.retired_at ?? model.started_at ?? model.approved_at ?? model.validated_at ?? model.created_at;
}
