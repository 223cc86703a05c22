import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";

import { consentPurposes } from "../../api/consents";
import type { PortfolioTotal } from "../../api/portfolio";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Filter, Filters } from "../../parts/Filters";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { purposesFor } from "../workbench/outlook";

/** Which firms, compared with which day, in which order; kept in the address. */
export function Choices({ totals }: { totals: PortfolioTotal[] }) {
  const { portfolio: words } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const templates = useQuery(consentPurposes);
  const purposes = purposesFor(templates.data?.purposes ?? [], person.member?.kind ?? "");
  const named = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([code, label]) => ({ value: code, label }));
  const choices: [name: "purpose" | "grade" | "changed", options: { value: string; label: string }[]][] = [
    ["grade", named(words.grades)],
    ["changed", named(words.changes)],
    ["purpose", purposes.map((one) => ({ value: one.purpose, label: one.name }))],
  ];
  return (
    <Filters>
      <Filter label={words.since} id="since">
        <Input
          id="since"
          type="date"
          value={value("since")}
          title={words.sinceHint}
          onChange={({ target }) => change({ since: target.value })}
        />
      </Filter>
      {choices.map(([name, options]) => (
        <Filter key={name} label={words[name]} id={name}>
          <Select
            id={name}
            value={value(name)}
            options={[{ value: "", label: words.every }, ...options]}
            onChange={(next: string) => change({ [name]: next })}
          />
        </Filter>
      ))}
      {(totals.length > 1 || value("model") !== "") && (
        <Filter label={words.model} id="model">
          <Select
            id="model"
            value={value("model")}
            options={[
              { value: "", label: words.every },
              ...totals.map((one) => ({ value: one.model, label: typeset(one.model_name) })),
            ]}
            onChange={(model: string) => change({ model })}
          />
        </Filter>
      )}
      <Filter label={words.division} id="division">
        <Input
          id="division"
          key={value("division")}
          defaultValue={value("division")}
          placeholder={words.divisionHint}
          maxLength={6}
          inputMode="numeric"
          allowClear
          onBlur={({ target }) => change({ division: target.value.trim() })}
          onPressEnter={({ currentTarget }) => change({ division: currentTarget.value.trim() })}
        />
      </Filter>
      <Filter label={words.sort} id="sort">
        <Select
          id="sort"
          value={value("sort") || "change"}
          options={named(words.sorts)}
          onChange={(sort: string) => change({ sort: sort === "change" ? "" : sort })}
        />
      </Filter>
    </Filters>
  );
}
