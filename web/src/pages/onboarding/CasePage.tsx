import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";

import { memberOf } from "../../api/members";
import type { Member } from "../../api/types";
import { type Person, usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { AccountList } from "../accounts/AccountList";
import { Agreements } from "../members/Agreements";
import { Documents } from "../members/Documents";
import { History } from "../members/History";
import { Particulars } from "../members/Particulars";
import { Standing } from "../members/Standing";
import { toneOf } from "../members/tones";
import { SystemList } from "../systems/SystemList";
import { DeskActions } from "./DeskActions";

/** One member on the onboarding desk. */
export function CasePage({ id }: { id: string }) {
  const { desk, members } = useWords();
  const query = useQuery(memberOf(id));
  if (query.isPending) return <Loading />;
  const member = query.data;
  return (
    <Page
      title={member?.name ?? members.name}
      trail={<Link href="/onboarding">{`‹ ${desk.back}`}</Link>}
      {...(member ? { lead: members.kinds[member.kind] } : {})}
      actions={member && <State tone={toneOf(member.state)}>{members.states[member.state]}</State>}
    >
      <Loaded query={query}>{(found) => <Parts member={found} />}</Loaded>
    </Page>
  );
}

function Parts({ member }: { member: Member }) {
  const { members } = useWords();
  const person = usePerson();
  const [path] = useLocation();
  const base = `/onboarding/${member.id}`;
  const tabs: [string, string][] = [
    [base, members.tabs.standing],
    [`${base}/particulars`, members.tabs.particulars],
  ];
  if (person.may("read", "member-document")) tabs.push([`${base}/documents`, members.tabs.documents]);
  tabs.push([`${base}/agreements`, members.tabs.agreements]);
  if (person.may("read", "account")) tabs.push([`${base}/accounts`, members.tabs.accounts]);
  if (person.may("read", "client")) tabs.push([`${base}/systems`, members.tabs.systems]);
  tabs.push([`${base}/history`, members.tabs.history]);
  return (
    <>
      <TabLinks label={members.tabsLabel} here={path} tabs={tabs} />
      <Part part={path.slice(base.length + 1)} member={member} person={person} />
    </>
  );
}

function Part({ part, member, person }: { part: string; member: Member; person: Person }) {
  const mayAdvance = person.may("advance", "member");
  switch (part) {
    case "particulars":
      return <Particulars member={member} mayEdit={person.may("edit", "member")} mayDecide={mayAdvance} />;
    case "documents":
      return (
        <Documents member={member} mayAdd={person.may("add", "member-document")} mayReview={mayAdvance} />
      );
    case "agreements":
      return (
        <Agreements
          member={member}
          mayAccept={false}
          mayCountersign={person.may("countersign", "agreement")}
        />
      );
    case "accounts":
      return <AccountList member={member.id} kind={member.kind} />;
    case "systems":
      return <SystemList member={member.id} kind={member.kind} />;
    case "history":
      return <History id={member.id} />;
    default:
      return (
        <>
          <Standing member={member} isDesk />
          <DeskActions member={member} />
        </>
      );
  }
}
