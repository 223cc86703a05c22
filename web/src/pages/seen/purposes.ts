import { useQuery } from "@tanstack/react-query";

import { consentPurposes } from "../../api/consents";
import { useWords } from "../../i18n/words";

/** The name of a purpose by its code. */
export function usePurposeNames(): (purpose: string) => string {
  const { authorisations } = useWords();
  const query = useQuery(consentPurposes);
  return (purpose) =>
    authorisations.purposes[purpose] ??
    query.data?.purposes.find((one) => one.purpose === purpose)?.name ??
    purpose;
}
