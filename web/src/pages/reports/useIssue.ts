import { useRef } from "react";
import { useLocation } from "wouter";

import { issueReport, type ReportWish } from "../../api/reports";
import { useWords } from "../../i18n/words";
import { useAddress } from "../../parts/address";
import { today } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { troubleOf, variantOf } from "./wish";

/** Issues the report that the address describes and opens it; the same wish sent again is the same report. */
export function useIssue(subject: string, purpose: string, reference: string, base: string) {
  const { reports } = useWords();
  const { value } = useAddress();
  const [, go] = useLocation();
  const sent = useRef({ wish: "", key: "" });
  const variant = variantOf(value("variant"));
  const [asOf, since] = [value("as_of"), value("since")];
  const deed = useDeed({
    act: () => {
      const wish: ReportWish = {
        subject,
        variant,
        purpose,
        ...(asOf === "" ? {} : { as_of: asOf }),
        ...(variant === "post_loan_change" ? { since } : {}),
        ...(reference.trim() === "" ? {} : { reference: reference.trim() }),
      };
      const written = JSON.stringify(wish);
      if (sent.current.wish !== written) sent.current = { wish: written, key: crypto.randomUUID() };
      return issueReport(wish, sent.current.key);
    },
    done: reports.issued,
    refreshes: [["reports", "page"]],
    then: ({ number }) => {
      sent.current = { wish: "", key: "" };
      go(`${base}/${number}`);
    },
  });
  return { ...deed, variant, trouble: troubleOf(variant, asOf, since, today()) };
}
