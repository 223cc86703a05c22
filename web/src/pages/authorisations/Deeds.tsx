import { Button } from "antd";

import {
  AFTER_CONSENT_STEP,
  type Consent,
  pauseConsent,
  resumeConsent,
  revokeConsent,
  withdrawPersonal,
} from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import styles from "./authorisations.module.css";

/** What the firm may do about an authorisation in force: pause it, resume it, withdraw it. */
export function Deeds({ consent, isShort = false }: { consent: Consent; isShort?: boolean }) {
  const { authorisations: words } = useWords();
  const person = usePerson();
  const deed = (act: (id: string) => Promise<unknown>, done: string) =>
    ({ act: () => act(consent.id), done, refreshes: AFTER_CONSENT_STEP }) as const;
  const pause = useDeed(deed(pauseConsent, words.pauseDone));
  const resume = useDeed(deed(resumeConsent, words.resumeDone));
  const revoke = useDeed(deed(revokeConsent, words.revokeDone));
  const personal = useDeed(deed(withdrawPersonal, words.withdrawPersonalDone));
  const failed = [pause, resume, revoke, personal].find((one) => one.isError);
  if (consent.state !== "active" && consent.state !== "paused") return null;
  const isOwn = person.roles.includes("firm-legal-representative");
  return (
    <>
      <div className={styles["deeds"]}>
        {consent.state === "active" && person.may("pause", "consent") && (
          <Button loading={pause.isPending} onClick={() => pause.mutate(undefined)}>
            {words.pause}
          </Button>
        )}
        {consent.state === "paused" && (
          <Button
            loading={resume.isPending}
            disabled={!person.may("resume", "consent")}
            title={person.may("resume", "consent") ? undefined : words.resumeStrong}
            onClick={() => resume.mutate(undefined)}
          >
            {words.resume}
          </Button>
        )}
        {!isShort && consent.personal && isOwn && (
          <ConfirmButton
            sure={words.withdrawPersonalSure}
            loading={personal.isPending}
            onConfirm={() => personal.mutate(undefined)}
          >
            {words.withdrawPersonal}
          </ConfirmButton>
        )}
        {person.may("revoke", "consent") && (
          <ConfirmButton
            sure={words.revokeSure}
            loading={revoke.isPending}
            onConfirm={() => revoke.mutate(undefined)}
          >
            {words.revoke}
          </ConfirmButton>
        )}
      </div>
      {failed !== undefined && <FaultNotice thrown={failed.error} />}
    </>
  );
}
