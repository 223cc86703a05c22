import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";

import { firmAccountsOf } from "../../api/accounts";
import type { Account, AccountState } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { moment, spacedCode } from "../../parts/format";
import { Verification } from "./Verification";

/** Legal representatives who signed up, those who wait first. */
export function FirmAccountsPage() {
  const { accounts } = useWords();
  const { value, page, change, toPage } = useAddress();
  const [looking, setLooking] = useState<string | null>(null);
  const state = (value("state") || "pending") as AccountState;
  const query = useQuery({ ...firmAccountsOf({ state, page }), placeholderData: keepPreviousData });
  return (
    <Page title={accounts.firmTitle} lead={accounts.firmLead}>
      <Filters>
        <Filter label={accounts.filterState} id="state">
          <Select
            id="state"
            value={state}
            onChange={(chosen: AccountState) => change({ state: chosen })}
            options={(["pending", "active", "suspended", "closed"] as const).map((key) => ({
              value: key,
              label: accounts.states[key],
            }))}
          />
        </Filter>
      </Filters>
      <Section title={accounts.states[state]}>
        <Loaded query={query}>
          {(found) =>
            found.accounts.length === 0 ? (
              <Empty title={accounts.waitingNone}>{accounts.waitingNoneHint}</Empty>
            ) : (
              <>
                <FirmRows found={found.accounts} onLook={setLooking} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
      {looking !== null && <Verification account={looking} onClose={() => setLooking(null)} />}
    </Page>
  );
}

function FirmRows({ found, onLook }: { found: Account[]; onLook: (account: string) => void }) {
  const { accounts } = useWords();
  const person = usePerson();
  const columns: Column<Account>[] = [
    { title: accounts.name, cell: (one) => one.name, isHead: true },
    { title: accounts.firm, cell: (one) => <span className="code">{spacedCode(one.subject ?? "")}</span> },
    { title: accounts.login, cell: (one) => <span className="code">{one.login}</span> },
    { title: accounts.signedUp, cell: (one) => moment(one.created_at) },
    {
      title: accounts.state,
      cell: (one) => (
        <State tone={one.state === "active" ? "good" : "wait"}>{accounts.states[one.state]}</State>
      ),
    },
    {
      title: accounts.actions,
      cell: (one) => (
        <Button size="small" onClick={() => onLook(one.id)}>
          {one.state === "pending" && person.may("approve", "firm-account")
            ? accounts.look
            : accounts.factsTitle}
        </Button>
      ),
    },
  ];
  return <Rows label={accounts.firmTitle} rows={found} columns={columns} keyOf={(one) => one.id} />;
}
