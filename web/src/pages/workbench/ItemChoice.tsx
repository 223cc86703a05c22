import { Button, Checkbox } from "antd";

import type { PreviewItem } from "../../api/preview";
import { useLanguage, useWords } from "../../i18n/words";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { type ItemClass, outlookOf, TONES } from "./outlook";
import styles from "./workbench.module.css";

interface Props {
  classes: ItemClass[];
  chosen: ReadonlySet<string>;
  onChoose: (items: readonly string[]) => void;
  onUsual: () => void;
}

/** All items by class, each with what would come of it. */
export function ItemChoice({ classes, chosen, onChoose, onUsual }: Props) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const wordOf = (look: PreviewItem) =>
    outlookOf(look) === "given" && look.consent !== null
      ? workbench.byConsent
      : workbench.outlooks[outlookOf(look)];
  const all = classes.flatMap((one) => one.items.map(({ look }) => look));
  const toggle = (items: readonly string[], isOn: boolean) =>
    onChoose(all.map(({ item }) => item).filter((one) => (items.includes(one) ? isOn : chosen.has(one))));
  return (
    <>
      <div className={styles["choices"]}>
        <h3>{workbench.items}</h3>
        <div role="group" aria-label={workbench.items}>
          <Button size="small" onClick={onUsual}>
            {workbench.choices.usual}
          </Button>
          <Button
            size="small"
            onClick={() => onChoose(all.filter((one) => one.allowed).map(({ item }) => item))}
          >
            {workbench.choices.given}
          </Button>
          <Button size="small" onClick={() => onChoose(all.map(({ item }) => item))}>
            {workbench.choices.all}
          </Button>
          <Button size="small" onClick={() => onChoose([])}>
            {workbench.choices.none}
          </Button>
        </div>
      </div>
      <div className={styles["classes"]}>
        {classes.map(({ no, name, items }) => {
          const numbers = items.map(({ about }) => about.item);
          const on = numbers.filter((one) => chosen.has(one)).length;
          return (
            <fieldset key={no} className={styles["class"]}>
              <legend className="unseen">{name[language]}</legend>
              {items.length > 1 && (
                <Checkbox
                  className={styles["className"] ?? ""}
                  checked={on === numbers.length}
                  indeterminate={on > 0 && on < numbers.length}
                  onChange={({ target }) => toggle(numbers, target.checked)}
                >
                  {name[language]}
                </Checkbox>
              )}
              {items.length === 1 && <span className={styles["className"]}>{name[language]}</span>}
              <ul>
                {items.map(({ about, look }) => (
                  <li key={about.item}>
                    <Checkbox
                      checked={chosen.has(about.item)}
                      onChange={({ target }) => toggle([about.item], target.checked)}
                    >
                      {typeset(about.name[language])}
                    </Checkbox>
                    <span className={styles["outlook"]}>
                      <State tone={TONES[outlookOf(look)]}>{wordOf(look)}</State>
                    </span>
                    <Remark look={look} />
                  </li>
                ))}
              </ul>
            </fieldset>
          );
        })}
      </div>
    </>
  );
}

/** Refusals that the state says already. */
const PLAIN = new Set(["consent_missing", "consent_other_item", "consent_pending", "not_own_item"]);

/** What is masked or kept back, and why nothing is given; what is simply open or simply missing says so by its state. */
function Remark({ look }: { look: PreviewItem }) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const names = (fields: PreviewItem["masked"]) =>
    fields.map((one) => typeset(one[language])).join(language === "zh" ? "、" : ", ");
  const words: string[] = [];
  if (look.masked.length > 0) words.push(workbench.masked(names(look.masked)));
  if (look.withheld.length > 0) words.push(workbench.withheld(names(look.withheld)));
  if (!look.allowed && !PLAIN.has(look.code)) words.push(typeset(look.reason.replace(/^.*?:/, "")));
  return words.length === 0 ? null : <small className={styles["remark"]}>{words.join(" · ")}</small>;
}
