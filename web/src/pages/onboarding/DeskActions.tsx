import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";

import { api, got } from "../../api/client";
import { checklistOf, stepsOf } from "../../api/members";
import type { Member, MemberState } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Section } from "../../parts/Page";
import { type Act, ActDialog } from "./ActDialog";
import { dutiesOf, isForAnother } from "./duties";

/** What can be done with a member now, and why something cannot. */
export function DeskActions({ member }: { member: Member }) {
  const { desk, members } = useWords();
  const person = usePerson();
  const [act, setAct] = useState<Act | null>(null);
  const checklist = useQuery(checklistOf(member.id));
  const steps = useQuery(stepsOf(member.id));
  const acts = useActs(member, checklist.data?.target ?? null);
  if (acts.length === 0 && member.state !== "offboarded") return null;
  const duties = dutiesOf(steps.data ?? [], member.round, person.id);
  const withheld = acts.filter((one) => one.target !== undefined && isForAnother(one.target, duties));
  const notReady = checklist.data !== undefined && !checklist.data.ready && checklist.data.target !== null;
  return (
    <Section title={desk.act}>
      {withheld.length > 0 && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 16 }}
          title={desk.duties}
          description={duties.applied ? desk.youApplied : desk.youChecked}
        />
      )}
      {notReady && <p style={{ marginBottom: 16 }}>{desk.notReady}</p>}
      <div style={{ display: "flex", flexWrap: "wrap", gap: 12 }}>
        {acts.map((one) => (
          <Button
            key={one.title}
            type={one.isDanger ? "default" : "primary"}
            danger={one.isDanger}
            disabled={withheld.includes(one) || (one.needsReady && notReady)}
            onClick={() => setAct(one)}
          >
            {one.title}
          </Button>
        ))}
        {member.state === "offboarded" && (
          <Button
            href={`/v1/members/${member.id}/certificate`}
            download={`${members.stages.offboarded}-${member.id}.json`}
          >
            {desk.certificate}
          </Button>
        )}
      </div>
      {act !== null && <ActDialog act={act} memberId={member.id} onClose={() => setAct(null)} />}
    </Section>
  );
}

/** The acts that the member's state and the person's roles leave. */
function useActs(member: Member, target: MemberState | null): Act[] {
  const { desk, members } = useWords();
  const person = usePerson();
  const where = { params: { path: { member_id: member.id } } };
  const acts: Act[] = [];
  const isOnTheWay = !["online", "suspended", "offboarded", "refused"].includes(member.state);
  if (isOnTheWay && target !== null && person.may("advance", "member")) {
    acts.push(
      {
        title: desk.advanceTo(members.stages[target]),
        target,
        needsReady: true,
        isDanger: false,
        run: (note) =>
          got(
            api.POST("/v1/members/{member_id}/steps", {
              ...where,
              body: { to: target, note, documents: [] },
            }),
          ),
      },
      {
        title: desk.refuse,
        needsReady: false,
        isDanger: true,
        needsReason: true,
        run: (note) =>
          got(
            api.POST("/v1/members/{member_id}/steps", {
              ...where,
              body: { to: "refused", note, documents: [] },
            }),
          ),
      },
    );
  }
  if (member.state === "online" && person.may("suspend", "member")) {
    acts.push({
      title: desk.suspend,
      warning: desk.suspendNote,
      needsReady: false,
      isDanger: true,
      needsReason: true,
      run: (note) => got(api.POST("/v1/members/{member_id}/suspend", { ...where, body: { note } })),
    });
  }
  if (member.state === "suspended") {
    if (person.may("resume", "member")) {
      acts.push({
        title: desk.resume,
        target: "online",
        needsReady: true,
        isDanger: false,
        run: (note) => got(api.POST("/v1/members/{member_id}/resume", { ...where, body: { note } })),
      });
    }
    if (person.may("offboard", "member")) {
      acts.push({
        title: desk.offboard,
        warning: desk.offboardNote,
        needsReady: false,
        isDanger: true,
        needsReason: true,
        run: (note) => got(api.POST("/v1/members/{member_id}/offboard", { ...where, body: { note } })),
      });
    }
  }
  return acts;
}
