import { useQueries } from "@tanstack/react-query";
import { Checkbox } from "antd";

import { definitionOf, type InquiryAnswer, type ItemDefinition } from "../../../api/inquiries";
import { useLanguage, useWords } from "../../../i18n/words";
import { Empty } from "../../../parts/Empty";
import { Section } from "../../../parts/Page";
import { State } from "../../../parts/State";
import { useAddress } from "../../../parts/address";
import { day } from "../../../parts/format";
import { typeset } from "../../../parts/typeset";
import { shownValue } from "../../file/shown";
import { byYear, type EventKind, eventsOf, type LifeEvent, TONES } from "./events";
import { textOf } from "./facts";
import styles from "./file.module.css";

const KINDS: EventKind[] = ["burden", "relief", "register", "permit", "grade", "asset", "honour"];

/** Dated things, newest first, by year; which kinds are shown stands in the address. */
export function Timeline({ answer }: { answer: InquiryAnswer }) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const { value, change } = useAddress();
  const events = eventsOf(answer, day(answer.answered_at));
  const present = KINDS.filter((kind) => events.some((event) => event.kind === kind));
  const hidden = new Set(value("hide").split(","));
  const shown = events.filter((event) => !hidden.has(event.kind));
  const definitions = useDefinitions(new Set(events.map((event) => event.item)));
  return (
    <Section title={workbench.parts.timeline} note={workbench.timelineNote}>
      {events.length === 0 ? (
        <Empty title={workbench.noEvents}>{workbench.noEventsHint}</Empty>
      ) : (
        <>
          <Checkbox.Group
            aria-label={workbench.show}
            className={styles["kinds"] ?? ""}
            value={present.filter((kind) => !hidden.has(kind))}
            options={present.map((kind) => ({
              value: kind,
              label: `${workbench.eventKinds[kind]} ${events.filter((event) => event.kind === kind).length}`,
            }))}
            onChange={(kept) =>
              change({ hide: present.filter((kind) => !(kept as string[]).includes(kind)).join(",") })
            }
          />
          {byYear(shown).map(([year, ofYear]) => (
            <section key={year} className={styles["year"]}>
              <h3 className="num">{year}</h3>
              <ol>
                {ofYear.map((event, place) => (
                  <li key={`${event.day}${event.item}${event.what}${place}`}>
                    <time dateTime={event.day} className="num">
                      {event.day.slice(5)}
                    </time>
                    <State tone={TONES[event.kind]}>{workbench.eventKinds[event.kind]}</State>
                    <div>
                      <p>
                        <strong>
                          {workbench.eventWords[event.what as keyof typeof workbench.eventWords]}
                        </strong>{" "}
                        {shortName(definitions.get(event.item)?.name[language] ?? event.name)}
                      </p>
                      <Details event={event} definition={definitions.get(event.item)} />
                    </div>
                  </li>
                ))}
              </ol>
            </section>
          ))}
        </>
      )}
    </Section>
  );
}

/** An item's name without what it lists in brackets. */
function shortName(name: string): string {
  return typeset(name.replace(/[（(].*$/, ""));
}

function useDefinitions(items: ReadonlySet<string>): Map<string, ItemDefinition> {
  const found = useQueries({ queries: [...items].map((item) => definitionOf(item)) });
  return new Map(found.flatMap(({ data }) => (data === undefined ? [] : [[data.item, data]])));
}

function Details({ event, definition }: { event: LifeEvent; definition: ItemDefinition | undefined }) {
  const { file } = useWords();
  const { language } = useLanguage();
  if (definition === undefined || event.details.length === 0) return null;
  const words = event.details.flatMap(({ field, fact }) => {
    const about = definition.fields.find((one) => one.name === field);
    if (about === undefined) return [];
    const value = shownValue(about, textOf(fact, field), { language, yes: file.yes, no: file.no });
    return [`${typeset(about[language])}${language === "zh" ? "：" : ": "}${value}`];
  });
  return <p className="quiet num">{words.join(" · ")}</p>;
}
