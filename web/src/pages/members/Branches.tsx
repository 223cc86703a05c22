import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";

import { api, got } from "../../api/client";
import { branchesOf } from "../../api/members";
import type { Member } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useDeed } from "../../parts/useDeed";
import { toneOf } from "./tones";

/** Members that name this one as their parent; those it has not confirmed are not admitted. Nothing while there are none. */
export function Branches({ id }: { id: string }) {
  const { members } = useWords();
  const query = useQuery(branchesOf(id));
  const shown = query.data?.members ?? [];
  if (shown.length === 0) return null;
  const columns: Column<Member>[] = [
    { title: members.branch, cell: (one) => one.name, isHead: true },
    { title: members.code, cell: (one) => <span className="code">{one.code}</span> },
    {
      title: members.branchState,
      cell: (one) => <State tone={toneOf(one.state)}>{members.states[one.state]}</State>,
    },
    { title: members.branchKnown, cell: (one) => <Known branch={one} /> },
  ];
  return (
    <Section title={members.branches} note={members.branchesNote}>
      <Rows label={members.branches} rows={shown} columns={columns} keyOf={(one) => one.id} />
    </Section>
  );
}

function Known({ branch }: { branch: Member }) {
  const { members } = useWords();
  const person = usePerson();
  const confirm = useDeed({
    act: () =>
      got(
        api.POST("/v1/members/{member_id}/parent-confirmation", {
          params: { path: { member_id: branch.id } },
        }),
      ),
    done: members.branchConfirmed,
    refreshes: [["branches"]],
  });
  if (branch.parent_confirmed) return <State tone="good">{members.branchConfirmed}</State>;
  if (!person.may("confirm-branch", "member")) return <State tone="wait">{members.branchWaits}</State>;
  return (
    <>
      <Button size="small" type="primary" loading={confirm.isPending} onClick={() => confirm.mutate()}>
        {members.confirmBranch}
      </Button>
      {confirm.isError && <FaultNotice thrown={confirm.error} />}
    </>
  );
}
