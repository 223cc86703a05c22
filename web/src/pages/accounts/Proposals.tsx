import { useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";
import { useState } from "react";

import { openProposals } from "../../api/accounts";
import { api, got } from "../../api/client";
import { permissionTable } from "../../api/permissions";
import type { AccountProposal } from "../../api/types";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { InvitationLink } from "../../parts/InvitationLink";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";

const REFRESHES = [["account-proposals"], ["accounts"]];

/** What somebody proposed about operators' accounts and a second person has to confirm; nothing while there is none. */
export function Proposals() {
  const { accounts } = useWords();
  const { language } = useLanguage();
  const query = useQuery(openProposals);
  const table = useQuery(permissionTable);
  const [link, setLink] = useState<{ token: string; days: number } | null>(null);
  const shown = query.data?.proposals ?? [];
  const columns: Column<AccountProposal>[] = [
    { title: accounts.proposal, cell: (one) => accounts.proposalVerbs[one.verb], isHead: true },
    { title: accounts.name, cell: (one) => one.name },
    { title: accounts.login, cell: (one) => <span className="code">{one.login}</span> },
    {
      title: accounts.roles,
      cell: (one) => one.roles.map((role) => table.data?.roles[role]?.[language] ?? role).join("、"),
    },
    { title: accounts.proposedBy, cell: (one) => `${one.proposed_by_name} · ${moment(one.proposed_at)}` },
    {
      title: accounts.actions,
      cell: (one) => <Decision proposal={one} onToken={(token, days) => setLink({ token, days })} />,
    },
  ];
  return (
    <>
      {shown.length > 0 && (
        <Section title={accounts.proposals} note={accounts.proposalsNote}>
          <Rows label={accounts.proposals} rows={shown} columns={columns} keyOf={(one) => one.id} />
        </Section>
      )}
      {link !== null && <InvitationLink {...link} onKept={() => setLink(null)} />}
    </>
  );
}

interface DecisionProps {
  proposal: AccountProposal;
  onToken: (token: string, days: number) => void;
}

function Decision({ proposal, onToken }: DecisionProps) {
  const { accounts } = useWords();
  const person = usePerson();
  const where = { params: { path: { proposal: proposal.id } } };
  const confirm = useDeed({
    act: () => got(api.POST("/v1/account-proposals/{proposal}/confirm", where)),
    done: accounts.done,
    refreshes: REFRESHES,
    then: ({ token, valid_days }) => token !== null && onToken(token, valid_days),
  });
  const withdraw = useDeed({
    act: () => got(api.POST("/v1/account-proposals/{proposal}/withdraw", where)),
    done: accounts.done,
    refreshes: REFRESHES,
  });
  const isOwn = proposal.proposed_by === `account:${person.account}`;
  const mayConfirm = person.may("confirm", "account") && !isOwn && proposal.account_id !== person.account;
  if (!isOwn && !mayConfirm) return "—";
  return (
    <>
      <Space>
        {mayConfirm && (
          <Button size="small" type="primary" loading={confirm.isPending} onClick={() => confirm.mutate()}>
            {accounts.confirmProposal}
          </Button>
        )}
        <Button size="small" disabled={withdraw.isPending} onClick={() => withdraw.mutate()}>
          {accounts.withdrawProposal}
        </Button>
      </Space>
      {confirm.isError && <FaultNotice thrown={confirm.error} />}
      {withdraw.isError && <FaultNotice thrown={withdraw.error} />}
    </>
  );
}
