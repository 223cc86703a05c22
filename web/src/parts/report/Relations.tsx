import { useLanguage, useWords } from "../../i18n/words";
import { type Column, Rows } from "../Rows";
import { spacedCode } from "../format";
import { typeset } from "../typeset";
import type { ReportRelation } from "./report";
import styles from "./report.module.css";

/** With whom the subject is connected, by what the facts say. */
export function Relations({ relations }: { relations: ReportRelation[] }) {
  const { reportView: words } = useWords();
  const { language } = useLanguage();
  const has = (field: "code" | "role" | "share") => relations.some((one) => one[field] !== null);
  const columns: Column<ReportRelation>[] = [
    { title: words.name, isHead: true, cell: (one) => typeset(one.name) },
    { title: words.relation, cell: (one) => typeset(one.kind[language]) },
  ];
  if (has("role")) columns.push({ title: words.role, cell: (one) => typeset(one.role ?? "—") });
  if (has("code"))
    columns.push({
      title: words.code,
      cell: (one) => (one.code === null ? "—" : <span className="code">{spacedCode(one.code)}</span>),
    });
  if (has("share"))
    columns.push({
      title: words.share,
      isNumber: true,
      cell: (one) => (one.share === null ? "—" : words.percent(String(one.share))),
    });
  return (
    <div className={styles["relations"]}>
      <h3>{words.relations}</h3>
      <Rows
        label={words.relations}
        rows={relations}
        columns={columns}
        keyOf={(one) => relations.indexOf(one)}
        isWide
      />
    </div>
  );
}
