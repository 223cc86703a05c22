import { Input, Select } from "antd";

import { type Variant, VARIANTS } from "../../api/reports";
import { useWords } from "../../i18n/words";
import { Filter } from "../../parts/Filters";
import { useAddress } from "../../parts/address";
import { variantOf } from "./wish";

/** Kind of report and its days, kept in the address. */
export function ReportFields() {
  const { reports } = useWords();
  const { value, change } = useAddress();
  const variant = variantOf(value("variant"));
  return (
    <>
      <Filter label={reports.variant} id="variant">
        <Select
          id="variant"
          value={variant}
          options={VARIANTS.map((one) => ({ value: one, label: reports.variants[one] }))}
          onChange={(next: Variant) => change({ variant: next })}
        />
      </Filter>
      {variant === "post_loan_change" && (
        <Filter label={reports.since} id="since">
          <Input
            id="since"
            type="date"
            value={value("since")}
            title={reports.sinceHint}
            onChange={({ target }) => change({ since: target.value })}
          />
        </Filter>
      )}
      <Filter label={reports.asOf} id="as_of">
        <Input
          id="as_of"
          type="date"
          value={value("as_of")}
          title={reports.asOfHint}
          onChange={({ target }) => change({ as_of: target.value })}
        />
      </Filter>
    </>
  );
}
