import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";

import { checklistOf } from "../../api/members";
import type { Member } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { Checks } from "./Checks";
import { StageTrack } from "./StageTrack";

/** Where a member stands on its way, and what the next step asks. `isDesk`: seen by whoever takes the step. */
export function Standing({ member, isDesk = false }: { member: Member; isDesk?: boolean }) {
  const { members } = useWords();
  const query = useQuery(checklistOf(member.id));
  const note = noteOn(member.state, members);
  return (
    <>
      {member.state !== "refused" && member.state !== "offboarded" && (
        <Section title={members.progress}>
          <StageTrack state={member.state} />
        </Section>
      )}
      {note !== null && !isDesk && <Alert type="info" showIcon title={note} style={{ marginBottom: 24 }} />}
      <Loaded query={query}>
        {(outlook) => {
          if (outlook.checks.length === 0 && outlook.target === null) return null;
          const failing = outlook.checks.filter((check) => !check.holds).length;
          const title =
            outlook.target === null ? members.conditions : members.nextStep(members.stages[outlook.target]);
          const ready = isDesk ? members.deskReady : members.allHold;
          return (
            <Section title={title} note={failing === 0 ? ready : members.someFail(String(failing))}>
              <Checks checks={outlook.checks} />
            </Section>
          );
        }}
      </Loaded>
    </>
  );
}

function noteOn(state: Member["state"], words: ReturnType<typeof useWords>["members"]): string | null {
  switch (state) {
    case "online":
      return words.onlineNote;
    case "suspended":
      return words.suspendedNote;
    case "refused":
      return words.refusedNote;
    case "offboarded":
      return words.offboardedNote;
    default:
      return null;
  }
}
