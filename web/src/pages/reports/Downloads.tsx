import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { type Form, reportFile } from "../../api/reports";
import { useLanguage, useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { save } from "../../parts/xlsx/save";
import styles from "./reports.module.css";

const FORMS: readonly Form[] = ["pdf", "html", "json"];

/** The report as a file in three forms. */
export function Downloads({ number }: { number: string }) {
  const { reports } = useWords();
  const { language } = useLanguage();
  const fetch = useDeed({
    act: (form: Form) => reportFile(number, form, language),
    then: (blob: Blob, form: Form) => save(blob, `${number}.${form}`),
  });
  return (
    <div className={styles["downloads"]}>
      <div role="group" aria-label={reports.download}>
        {FORMS.map((form) => (
          <Button
            key={form}
            icon={<DownloadOutlined aria-hidden />}
            loading={fetch.isPending && fetch.variables === form}
            onClick={() => fetch.mutate(form)}
          >
            {reports.forms[form]}
          </Button>
        ))}
      </div>
      {fetch.isError && <FaultNotice thrown={fetch.error} />}
    </div>
  );
}
