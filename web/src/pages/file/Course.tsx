import { lazy, Suspense } from "react";

import type { Fact, ItemDefinition } from "../../api/inquiries";
import { useLanguage, useWords } from "../../i18n/words";
import { isMoney, quantity } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import styles from "./file.module.css";
import { courseOf } from "./shown";

const TimeChart = lazy(() => import("../../parts/chart/Chart").then((m) => ({ default: m.TimeChart })));

/** The course of an item that comes month by month, above its figures; nothing where there is none. */
export function Course({ definition, facts }: { definition: ItemDefinition; facts: Fact[] }) {
  const { file } = useWords();
  const { language } = useLanguage();
  const course = courseOf(definition, facts);
  if (course === null) return null;
  const { field, months, values } = course;
  const inTens = isMoney(field.unit) && language === "zh" && Math.max(...values) >= 10_000;
  const unit = isMoney(field.unit)
    ? language === "zh"
      ? inTens
        ? "万元"
        : "元"
      : "CNY"
    : quantity(0, field.unit, language).replace(/^0\s*/, "");
  return (
    <div className={styles["course"]}>
      <Suspense fallback={<div style={{ height: 220 }} />}>
        <TimeChart
          title={file.trend(typeset(field[language]), unit)}
          labels={months}
          unit={unit}
          height={180}
          format={(value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 })}
          series={[
            { name: typeset(field[language]), values: values.map((one) => (inTens ? one / 10_000 : one)) },
          ]}
        />
      </Suspense>
    </div>
  );
}
