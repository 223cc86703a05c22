import type { InquiryAnswer } from "../../../api/inquiries";
import { useLanguage, useWords } from "../../../i18n/words";
import { Empty } from "../../../parts/Empty";
import { Section } from "../../../parts/Page";
import { TimeChart } from "../../../parts/chart/Chart";
import { money } from "../../../parts/format";
import { type CourseName, coursesOf } from "./figures";
import styles from "./file.module.css";

const UNITS: Partial<Record<CourseName, "persons" | "kWh" | "m3">> = {
  insured: "persons",
  power: "kWh",
  water: "m3",
  gas: "m3",
};

/** Taxes, sales, insurance and utilities over time. */
export function Charts({ answer }: { answer: InquiryAnswer }) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const courses = coursesOf(answer);
  if (courses.length === 0) {
    return (
      <Section title={workbench.parts.charts}>
        <Empty title={workbench.noCharts}>{workbench.noChartsHint}</Empty>
      </Section>
    );
  }
  return (
    <div className={styles["charts"]}>
      {courses.map(({ name, isMoney, labels, series }) => (
        <div key={name} className={styles["chart"]}>
          <TimeChart
            title={workbench.courses[name]}
            {...(isMoney
              ? { format: (value: number) => money(value, "CNY", language) }
              : { unit: workbench.units[UNITS[name] ?? "persons"] })}
            labels={labels}
            series={series.map((one) => ({
              name: workbench.lines[one.name as keyof typeof workbench.lines],
              values: one.values,
            }))}
            shape={name === "tax" || name === "invoices" ? "bar" : "line"}
            isStacked={name === "tax"}
            height={240}
          />
        </div>
      ))}
    </div>
  );
}
