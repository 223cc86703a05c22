import { useWords } from "../../i18n/words";
import { usePurposeNames } from "../seen/purposes";

/** The name of a report's purpose by its code. */
export function useReportPurposes(): (purpose: string) => string {
  const { reports } = useWords();
  const others = usePurposeNames();
  const own: Readonly<Record<string, string>> = reports.purposes;
  return (purpose) => own[purpose] ?? others(purpose);
}
