import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Button } from "antd";

import type { Evaluation, IndicatorScore } from "../../api/ownEvaluation";
import { useWords } from "../../i18n/words";
import { Meter } from "../../parts/Meter";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import styles from "./evaluation.module.css";

/** The dimensions with their points; the one in the address is open, with its indicators. */
export function Dimensions({ evaluation }: { evaluation: Evaluation }) {
  const { evaluation: words } = useWords();
  const { value, change } = useAddress();
  const open = value("dimension");
  return (
    <Section title={words.dimensions} note={words.dimensionsNote}>
      <ul className={styles["dimensions"]}>
        {evaluation.dimensions.map((one) => {
          const indicators = evaluation.indicators.filter(({ dimension }) => dimension === one.id);
          const isOpen = open === one.id;
          return (
            <li key={one.id}>
              <div className={styles["dimension"]}>
                <h3>{typeset(one.name)}</h3>
                <Meter value={one.points} most={one.weight} />
                <span className="num">{words.ofPoints(count(one.points), count(one.weight))}</span>
                <Button
                  type="text"
                  size="small"
                  aria-expanded={isOpen}
                  icon={isOpen ? <UpOutlined aria-hidden /> : <DownOutlined aria-hidden />}
                  onClick={() => change({ dimension: isOpen ? "" : one.id })}
                >
                  {words.showIndicators(count(indicators.length))}
                </Button>
              </div>
              {isOpen && <Indicators name={typeset(one.name)} indicators={indicators} />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Indicators({ name, indicators }: { name: string; indicators: IndicatorScore[] }) {
  const { evaluation: words } = useWords();
  const columns: Column<IndicatorScore>[] = [
    {
      title: words.indicator,
      isHead: true,
      cell: (one) => <span className={styles["wrapping"]}>{typeset(one.name)}</span>,
    },
    { title: words.value, cell: (one) => typeset(one.value) },
    {
      title: words.points,
      isNumber: true,
      cell: (one) => words.ofPoints(count(one.points), count(one.weight)),
    },
  ];
  return (
    <div className={styles["indicators"]}>
      <Rows label={name} rows={indicators} columns={columns} keyOf={(one) => one.indicator} />
    </div>
  );
}
