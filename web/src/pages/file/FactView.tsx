import type { Fact, ItemDefinition } from "../../api/inquiries";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { State, type Tone } from "../../parts/State";
import { day } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import styles from "./file.module.css";
import { type FactState, providerOf, shownValue, split, stateOf } from "./shown";

interface Props {
  definition: ItemDefinition;
  fact: Fact;
  on: string;
}

/** One fact, all of it: what it says, what was not filled in, where it comes from and how it stands. */
export function FactView({ definition, fact, on }: Props) {
  const { file } = useWords();
  const { language } = useLanguage();
  const { filled, empty } = split(definition, fact);
  const said = { language, yes: file.yes, no: file.no };
  return (
    <>
      <Facts
        facts={filled.map((field) => [
          typeset(field[language]),
          shownValue(field, fact.data[field.name] ?? null, said),
        ])}
      />
      {empty.length > 0 && (
        <p className={styles["unfilled"]}>
          {file.unfilled}
          {language === "zh" ? "：" : ": "}
          {empty.map((field) => typeset(field[language])).join(language === "zh" ? "、" : ", ")}
        </p>
      )}
      <Origin definition={definition} fact={fact} on={on} />
    </>
  );
}

/** Where a fact comes from, since when it is known, for how long it holds. */
function Origin({ definition, fact, on }: Props) {
  const { file } = useWords();
  const { language } = useLanguage();
  const { batch, first_seen } = fact.origin;
  const name = providerOf(definition, fact, language);
  return (
    <p className={styles["origin"]}>
      <StateOf state={stateOf(fact, on)} />
      <span>{file.originOf(name, day(first_seen), String(batch))}</span>
      <Validity fact={fact} />
    </p>
  );
}

function Validity({ fact: { valid_from: from, valid_to: to } }: { fact: Fact }) {
  const { file } = useWords();
  if (from === null && to === null) return null;
  return (
    <span>
      {from === null ? file.holdsTo(to ?? "") : to === null ? file.holdsFrom(from) : file.holds(from, to)}
    </span>
  );
}

const TONES: Readonly<Record<FactState, Tone>> = {
  current: "good",
  superseded: "calm",
  closed: "calm",
  disputed: "wait",
  repaired: "good",
  withdrawn: "bad",
  over: "calm",
  ahead: "wait",
};

/** How a fact stands, in a word. */
export function StateOf({ state }: { state: FactState }) {
  const { file } = useWords();
  return <State tone={TONES[state]}>{file.states[state]}</State>;
}
