import { KeyOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox } from "antd";
import { Link } from "wouter";

import { AFTER_CONSENT_STEP, type ConsentDetail, declineConsent } from "../../api/consents";
import { ownPasskeys } from "../../api/passkeys";
import { hasPasskeys } from "../../api/webauthn";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { Summary } from "./ConsentPage";
import { FullText } from "./FullText";
import { NarrowForm } from "./NarrowForm";
import { OtherWays } from "./OtherWays";
import styles from "./authorisations.module.css";
import { personalTextOf } from "./narrow";
import { type Signing, useSigning } from "./useSigning";

/** A request: read it, take away what should not be given, sign it or decline it. */
export function Deciding({ detail }: { detail: ConsentDetail }) {
  const { authorisations: words } = useWords();
  const signing = useSigning(detail);
  const { prepared } = signing;
  const personalText = personalTextOf(detail);
  return (
    <>
      {prepared === null ? (
        <>
          <Section title={words.request}>
            <Summary lines={detail.summary} />
            <FullText detail={{ ...detail, personal_text: null }} title={words.fullText} />
          </Section>
          {personalText !== null && <PersonalPart text={personalText} signing={signing} />}
          <NarrowForm signing={signing} />
        </>
      ) : (
        <Section
          title={words.final}
          note={words.finalNote}
          actions={<Button onClick={signing.thinkAgain}>{words.thinkAgain}</Button>}
        >
          <Summary lines={prepared.summary} />
          <FullText
            detail={{
              id: detail.id,
              text: prepared.text,
              personal_text: prepared.personal_text,
              digest: prepared.digest,
            }}
            title={words.fullText}
            isOpen
          />
        </Section>
      )}
      <SignBar detail={detail} signing={signing} />
      <OtherWays detail={detail} signing={signing} />
    </>
  );
}

/** The separate consent of the person: unticked unless the person ticks it. */
function PersonalPart({ text, signing }: { text: string; signing: Signing }) {
  const { authorisations: words } = useWords();
  return (
    <Section title={words.personal} note={signing.isOwn ? words.personalNote : words.personalNotOwn}>
      <div className={styles["letter"]} lang="zh-CN">
        {typeset(text)}
      </div>
      {signing.isOwn && (
        <Checkbox checked={signing.isTicked} onChange={({ target }) => signing.tick(target.checked)}>
          {words.personalTick}
        </Checkbox>
      )}
    </Section>
  );
}

/** What decides: always in sight while the request is read. */
function SignBar({ detail, signing }: { detail: ConsentDetail; signing: Signing }) {
  const { authorisations: words } = useWords();
  const passkeys = useQuery(ownPasskeys);
  const decline = useDeed({
    act: () => declineConsent(detail.id, ""),
    done: words.declined,
    refreshes: AFTER_CONSENT_STEP,
  });
  const hasNone = passkeys.data?.passkeys.length === 0 || !hasPasskeys();
  const mustConfirm = signing.prepared === null && signing.isChanged;
  const failed = [signing.sign, signing.confirm, decline].find((one) => one.isError);
  return (
    <>
      {failed !== undefined && <FaultNotice thrown={failed.error} />}
      <div className={styles["bar"]}>
        <p>
          {signing.fault !== null ? (
            <span className={styles["soon"]}>{words[signing.fault]}</span>
          ) : hasNone ? (
            <>
              {words.noPasskeyHint} <Link href="/me">{words.toPasskeys}</Link>
            </>
          ) : (
            words.howSigned
          )}
        </p>
        <div className={styles["deeds"]}>
          <ConfirmButton
            sure={words.declineSure}
            loading={decline.isPending}
            onConfirm={() => decline.mutate(undefined)}
          >
            {words.decline}
          </ConfirmButton>
          {mustConfirm ? (
            <Button
              type="primary"
              disabled={signing.fault !== null}
              loading={signing.confirm.isPending}
              onClick={() => signing.confirm.mutate(undefined)}
            >
              {words.confirm}
            </Button>
          ) : (
            <Button
              type="primary"
              icon={<KeyOutlined aria-hidden />}
              disabled={hasNone}
              loading={signing.sign.isPending}
              onClick={() => signing.sign.mutate(undefined)}
            >
              {signing.prepared === null ? words.sign : words.signFinal}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
