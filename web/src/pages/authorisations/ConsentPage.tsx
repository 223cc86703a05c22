import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ConsentDetail, consentOf } from "../../api/consents";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { typeset } from "../../parts/typeset";
import { Course } from "./Course";
import { Deciding } from "./Deciding";
import { Deeds } from "./Deeds";
import { FullText } from "./FullText";
import { Stands } from "./ConsentRows";
import { Uses } from "./Uses";
import styles from "./authorisations.module.css";
import { standingOf } from "./standing";

/** One authorisation: a request to be read, narrowed and signed; or what was signed, its uses and its end. */
export function ConsentPage({ id }: { id: string }) {
  const { authorisations: words } = useWords();
  const query = useQuery(consentOf(id));
  const found = query.data;
  const purpose = found && (words.purposes[found.purpose] ?? found.purpose_name);
  return (
    <Page
      title={found === undefined ? words.title : words.heading(found.grantee_name, purpose ?? "")}
      lead={found && leadOf(found, words)}
      trail={<Link href="/authorisations">← {words.back}</Link>}
      actions={found && <Stands one={found} />}
    >
      <Loaded query={query}>{(detail) => <Detail key={detail.state} detail={detail} />}</Loaded>
    </Page>
  );
}

function Detail({ detail }: { detail: ConsentDetail }) {
  const person = usePerson();
  const standing = standingOf(detail);
  if (standing === "pending" && person.may("sign", "consent")) return <Deciding detail={detail} />;
  return <Agreed detail={detail} />;
}

function Agreed({ detail }: { detail: ConsentDetail }) {
  const { authorisations: words } = useWords();
  const isSigned = detail.signed_at !== null;
  return (
    <>
      <Section title={isSigned ? words.agreed : words.request} actions={<Deeds consent={detail} />}>
        <Summary lines={detail.summary} />
        <FullText detail={detail} title={isSigned ? words.signedText : words.fullText} />
      </Section>
      {isSigned && <Uses detail={detail} />}
      <Course detail={detail} />
    </>
  );
}

/** Who asks for what, line by line, in plain words: as the node says it. */
export function Summary({ lines }: { lines: ConsentDetail["summary"] }) {
  const { authorisations: words } = useWords();
  const { language } = useLanguage();
  return (
    <>
      {language !== "zh" && <p className="quiet">{words.chinese}</p>}
      <dl className={styles["summary"]}>
        {lines.map(({ heading, words: said }) => (
          <div key={heading}>
            <dt>{words.headings[heading] ?? heading}</dt>
            <dd>{typeset(said)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function leadOf(
  detail: ConsentDetail,
  words: ReturnType<typeof useWords>["authorisations"],
): string | undefined {
  const standing = standingOf(detail);
  if (standing === "pending") return words.leadPending;
  return standing === "witness" ? words.leadSigned : undefined;
}
