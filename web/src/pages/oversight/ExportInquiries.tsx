import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";

import type { InquiryLine } from "../../api/inquiries";
import { inquiryLines, type InquiryQuery } from "../../api/oversight";
import { catalogue as allItems } from "../../api/platform";
import { useLanguage, useWords } from "../../i18n/words";
import { ExportButton, type ExportColumn } from "../../parts/ExportButton";
import { givenIn } from "../seen/days";
import { usePurposeNames } from "../seen/purposes";

/** Who read what, with the filters in force, as a file. */
export function ExportInquiries({ filter }: { filter: InquiryQuery }) {
  const { oversight } = useWords();
  const { language } = useLanguage();
  const purposeName = usePurposeNames();
  const items = useQuery(allItems);
  const last = useRef<number | null>(null); // the list is read by its cursor: a page begins where the last one ended
  const seen = useRef(0);
  const named = (numbers: string[]) =>
    numbers
      .map((item) => items.data?.items.find((one) => one.item === item)?.name[language] ?? item)
      .join(language === "zh" ? "、" : ", ");
  const words = oversight.export;
  const columns: ExportColumn<InquiryLine>[] = [
    { title: words.at, value: (line) => line.at, kind: "moment" },
    { title: words.reader, value: (line) => line.member_name ?? oversight.own },
    { title: words.member, value: (line) => line.member_id ?? "" },
    { title: words.principal, value: (line) => line.principal },
    { title: words.subject, value: (line) => line.subject_code },
    { title: words.name, value: (line) => line.subject_name ?? "" },
    { title: words.purpose, value: (line) => purposeName(line.purpose) },
    {
      title: words.given,
      value: ({ items }) =>
        named([...givenIn(items).consented, ...givenIn(items).open, ...givenIn(items).verified]),
    },
    { title: words.refused, value: (line) => named(givenIn(line.items).refused.map(([item]) => item)) },
    { title: words.consents, value: (line) => line.consents.join(" ") },
    { title: words.reference, value: (line) => line.reference ?? "" },
    { title: words.leaf, value: (line) => line.leaf },
  ];
  return (
    <ExportButton
      name={oversight.exportName}
      columns={columns}
      keyOf={(line) => line.leaf}
      readPage={async (page, pageSize) => {
        if (page === 1) [last.current, seen.current] = [null, 0];
        const rows = await inquiryLines(filter, last.current, pageSize);
        last.current = rows.at(-1)?.leaf ?? last.current;
        seen.current += rows.length;
        return { rows, total: seen.current + (rows.length === pageSize ? pageSize : 0) };
      }}
    />
  );
}
