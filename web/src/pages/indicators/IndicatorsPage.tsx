import { useQueries } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Link } from "wouter";

import { type Indicator, indicators as allIndicators, models as allModels } from "../../api/evaluationDesk";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { DirectionMark } from "./DirectionMark";
import { type Asked, matching, topicsOf, type Use, usesOf } from "./search";
import styles from "./indicators.module.css";

/** Every indicator by topic, with a search; for those who evaluate, are evaluated or read evaluations. */
export function IndicatorsPage() {
  const { indicators: words } = useWords();
  const [all, models] = useQueries({ queries: [allIndicators, allModels] });
  const { value, change } = useAddress();
  const asked: Asked = {
    text: value("text"),
    topic: value("topic"),
    direction: value("direction"),
    use: value("use"),
  };
  const choice = (name: string, options: { value: string; label: string }[]) => (
    <Select
      id={name}
      allowClear
      value={value(name) || null}
      placeholder={words.any}
      popupMatchSelectWidth={false}
      onChange={(chosen: string | null) => change({ [name]: chosen ?? "" })}
      options={options}
    />
  );
  return (
    <Page title={words.title} lead={words.lead}>
      <Filters>
        <Filter label={words.find} id="text">
          <Input.Search
            id="text"
            allowClear
            key={asked.text}
            defaultValue={asked.text}
            placeholder={words.findHint}
            maxLength={60}
            onSearch={(text) => change({ text: text.trim() })}
          />
        </Filter>
        <Filter label={words.topic} id="topic">
          {choice(
            "topic",
            topicsOf(all.data ?? []).map(([topic, n]) => ({ value: topic, label: `${topic} ${n}` })),
          )}
        </Filter>
        <Filter label={words.direction} id="direction">
          {choice(
            "direction",
            Object.entries(words.directions).map(([key, label]) => ({ value: key, label })),
          )}
        </Filter>
        <Filter label={words.use} id="use">
          {choice("use", [
            { value: "used", label: words.used },
            { value: "unused", label: words.unused },
          ])}
        </Filter>
      </Filters>
      <Loaded query={models}>
        {(known) => (
          <Loaded query={all}>{(list) => <Found list={list} asked={asked} uses={usesOf(known)} />}</Loaded>
        )}
      </Loaded>
    </Page>
  );
}

interface FoundProps {
  list: Indicator[];
  asked: Asked;
  uses: ReadonlyMap<string, Use[]>;
}

function Found({ list, asked, uses }: FoundProps) {
  const { indicators: words } = useWords();
  const found = matching(list, asked, uses);
  if (found.length === 0) return <Empty title={words.empty}>{words.emptyHint}</Empty>;
  return (
    <>
      <p className={`${styles["figures"]} num`} role="status">
        {words.figures(found.length, list.length)}
      </p>
      {topicsOf(found).map(([topic, n]) => (
        <section key={topic} className={styles["topic"]} aria-label={topic}>
          <h2>
            {typeset(topic)} <span className="quiet num">{n}</span>
          </h2>
          <ul>
            {found
              .filter((one) => one.topic === topic)
              .map((one) => (
                <Line key={one.id} one={one} isUsed={uses.has(one.id)} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Line({ one, isUsed }: { one: Indicator; isUsed: boolean }) {
  const { indicators: words } = useWords();
  const { language } = useLanguage();
  const units: Readonly<Record<string, string>> = words.units;
  return (
    <li>
      <div>
        <Link href={`/indicators/${one.id}`}>{typeset(one.definition.name[language])}</Link>
        <p>{typeset(one.meaning)}</p>
      </div>
      <span className={styles["unit"]}>{units[one.unit] ?? one.unit}</span>
      <DirectionMark direction={one.direction} />
      {isUsed ? <State tone="accent">{words.used}</State> : <span className="quiet">{words.unused}</span>}
    </li>
  );
}
