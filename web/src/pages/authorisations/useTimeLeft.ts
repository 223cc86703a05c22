import { useWords } from "../../i18n/words";
import { count } from "../../parts/format";
import { daysLeft } from "./standing";

/** How long it is until a moment, in words. */
export function useTimeLeft(): (end: string) => string {
  const { left } = useWords().authorisations;
  return (end) => {
    const days = daysLeft(end, new Date());
    if (days < 0) return left.over;
    if (days < 2) return days === 0 ? left.today : left.tomorrow;
    return left.days(count(days));
  };
}
