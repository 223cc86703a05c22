import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import { ownItems } from "../../api/collect";
import { useLanguage } from "../../i18n/words";
import { Filter, Filters } from "../../parts/Filters";
import { useAddress } from "../../parts/address";

const SPANS = [3, 6, 12, 24];

/** How many months; a year where the address says nothing usable. */
export function periodOf(months: string): number {
  return SPANS.find((span) => String(span) === months) ?? 12;
}

interface Said {
  item: string;
  allItems: string;
  span: string;
  months: (n: number) => string;
}

/** Which item, and how far back; in the address. */
export function PeriodFilters({ words }: { words: Said }) {
  const { language } = useLanguage();
  const { value, change } = useAddress();
  const items = useQuery(ownItems);
  return (
    <Filters>
      <Filter label={words.item} id="item">
        <Select
          id="item"
          value={value("item")}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(item: string) => change({ item })}
          options={[
            { value: "", label: words.allItems },
            ...(items.data?.items ?? []).map((one) => ({
              value: one.item,
              label: `${one.item} ${one.name[language]}`,
            })),
          ]}
        />
      </Filter>
      <Filter label={words.span} id="months">
        <Select
          id="months"
          value={periodOf(value("months"))}
          onChange={(months: number) => change({ months: String(months) })}
          options={SPANS.map((span) => ({ value: span, label: words.months(span) }))}
        />
      </Filter>
    </Filters>
  );
}
