import { Input, Select } from "antd";

import type { AccountState } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Filter, Filters } from "../../parts/Filters";
import { Page } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { AccountList } from "./AccountList";
import { Proposals } from "./Proposals";

/** Accounts of all members, and those of the operator itself. */
export function AccountsPage() {
  const { accounts } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const own = person.member;
  const member = value("member");
  const state = value("state");
  return (
    <Page title={accounts.title} lead={accounts.lead}>
      <Filters>
        <Filter label={accounts.filterState} id="state">
          <Select
            id="state"
            allowClear
            value={state || null}
            onChange={(chosen: string | null) => change({ state: chosen ?? "" })}
            options={Object.entries(accounts.states).map(([key, label]) => ({ value: key, label }))}
          />
        </Filter>
        <Filter label={accounts.filterWhose} id="whose">
          <Select
            id="whose"
            value={member === "" ? "" : member === own?.id ? member : "other"}
            onChange={(chosen: string) => change({ member: chosen })}
            options={[
              { value: "", label: accounts.everybody },
              ...(own === null ? [] : [{ value: own.id, label: accounts.ourOwn }]),
              ...(member !== "" && member !== own?.id ? [{ value: "other", label: accounts.another }] : []),
            ]}
          />
        </Filter>
        <Filter label={accounts.filterMember} id="member">
          <Input.Search
            id="member"
            allowClear
            key={member}
            defaultValue={member}
            maxLength={40}
            onSearch={(text) => change({ member: text.trim() })}
          />
        </Filter>
      </Filters>
      <Proposals />
      <AccountList
        {...(member !== "" ? { member } : {})}
        {...(state !== "" ? { state: state as AccountState } : {})}
        {...(own !== null && member === own.id ? { kind: "operator" as const } : {})}
      />
    </Page>
  );
}
