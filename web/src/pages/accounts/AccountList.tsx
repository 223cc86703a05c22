import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";

import { accountsOf } from "../../api/accounts";
import { permissionTable } from "../../api/permissions";
import type { Account, AccountState, MemberKind } from "../../api/types";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { InvitationLink } from "../../parts/InvitationLink";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { moment } from "../../parts/format";
import { AccountActions } from "./AccountActions";
import { InviteForm } from "./InviteForm";
import { EditAccount } from "./EditAccount";
import { factorsOf, isLocked } from "./factors";

const TONES: Record<AccountState, Tone> = {
  invited: "wait",
  pending: "wait",
  active: "good",
  suspended: "bad",
  closed: "calm",
};

interface Props {
  member?: string; // only of this member
  kind?: MemberKind; // of the member: which roles its people may have
  state?: AccountState;
}

/** Accounts of staff, and an invitation for the next. */
export function AccountList({ member, kind, state }: Props) {
  const { accounts } = useWords();
  const person = usePerson();
  const { page, toPage } = useAddress();
  const [isInviting, setInviting] = useState(false);
  const [editing, setEditing] = useState<Account | null>(null);
  const [token, setToken] = useState<string | null>(null);
  const query = useQuery({
    ...accountsOf({ ...(member ? { member } : {}), ...(state ? { state } : {}), page }),
    placeholderData: keepPreviousData,
  });
  const mayInvite = member !== undefined && kind !== undefined && person.may("invite", "account");
  return (
    <>
      <Section
        title={accounts.own}
        {...(member === person.member?.id ? { note: accounts.ownNote } : {})}
        actions={
          mayInvite && !isInviting && <Button onClick={() => setInviting(true)}>{accounts.invite}</Button>
        }
      >
        <Loaded query={query}>
          {(found) =>
            found.accounts.length === 0 ? (
              <Empty title={accounts.empty}>{accounts.emptyHint}</Empty>
            ) : (
              <>
                <AccountRows
                  found={found.accounts}
                  withMember={member === undefined}
                  onEdit={setEditing}
                  onToken={setToken}
                />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
      {editing !== null && <EditAccount account={editing} onClose={() => setEditing(null)} />}
      {token !== null && <InvitationLink token={token} days={7} onKept={() => setToken(null)} />}
      {mayInvite && isInviting && (
        <InviteForm member={member} kind={kind} onDone={() => setInviting(false)} />
      )}
    </>
  );
}

interface RowsProps {
  found: Account[];
  withMember: boolean;
  onEdit: (account: Account) => void;
  onToken: (token: string) => void;
}

function AccountRows({ found, withMember, onEdit, onToken }: RowsProps) {
  const { accounts } = useWords();
  const { language } = useLanguage();
  const table = useQuery(permissionTable);
  const now = new Date();
  const columns: Column<Account>[] = [
    { title: accounts.name, cell: (one) => one.name, isHead: true },
    { title: accounts.login, cell: (one) => <span className="code">{one.login}</span> },
    {
      title: accounts.roles,
      cell: (one) => one.roles.map((role) => table.data?.roles[role]?.[language] ?? role).join("、") || "—",
    },
    {
      title: accounts.state,
      cell: (one) => (
        <State tone={isLocked(one, now) ? "bad" : TONES[one.state]}>
          {isLocked(one, now) ? accounts.locked : accounts.states[one.state]}
        </State>
      ),
    },
    { title: accounts.strength, cell: (one) => factorsOf(one, accounts) },
    {
      title: accounts.lastSeen,
      cell: (one) => (one.signed_in_at === null ? accounts.never : moment(one.signed_in_at)),
    },
    {
      title: accounts.actions,
      cell: (one) => <AccountActions account={one} onEdit={onEdit} onToken={onToken} />,
    },
  ];
  if (withMember) {
    columns.splice(2, 0, {
      title: accounts.member,
      cell: (one) => <span className="code">{one.member ?? "—"}</span>,
    });
  }
  return <Rows label={accounts.own} rows={found} columns={columns} keyOf={(one) => one.id} />;
}
