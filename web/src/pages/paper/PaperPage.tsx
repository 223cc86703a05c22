import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ConsentDetail, consentOf } from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Loading } from "../../parts/Loading";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Course } from "../authorisations/Course";
import { FullText } from "../authorisations/FullText";
import { standingOf, TONES } from "../authorisations/standing";
import { Who } from "../log/Who";
import { Attach } from "./Attach";
import { awaits } from "./scan";
import { Verify } from "./Verify";
import { WitnessForm } from "./WitnessForm";

/** One authorisation as the platform sees it: its terms and text, its course, and what somebody has to do. */
export function PaperPage({ id, back }: { id: string; back: "papers" | "oversight" }) {
  const { papers } = useWords();
  const query = useQuery(consentOf(id));
  if (query.isPending) return <Loading />;
  const found = query.data;
  const [place, name] =
    back === "papers"
      ? ["/paper-authorisations", papers.back]
      : ["/oversight/consents", papers.oversightBack];
  return (
    <Page
      title={found ? typeset(`${found.subject_name} · ${found.grantee_name}`) : papers.title}
      trail={<Link href={place}>{`‹ ${name}`}</Link>}
      {...(found && {
        lead: found.purpose_name,
        actions: <Standing detail={found} />,
      })}
    >
      <Loaded query={query}>
        {(detail) => (
          <>
            <Terms detail={detail} />
            <ToDo detail={detail} />
            <Signatures detail={detail} />
            <Course detail={detail} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Standing({ detail }: { detail: ConsentDetail }) {
  const { papers, authorisations } = useWords();
  const waits = awaits(detail);
  const standing = standingOf(detail);
  return (
    <State tone={TONES[standing]}>
      {waits === null ? authorisations.states[standing] : papers.waiting[waits]}
    </State>
  );
}

function Terms({ detail }: { detail: ConsentDetail }) {
  const { papers, authorisations } = useWords();
  return (
    <Section title={papers.terms}>
      <Facts
        facts={detail.summary.map(({ heading, words }): [string, string] => [
          authorisations.headings[heading] ?? heading,
          typeset(words),
        ])}
      />
      <div style={{ marginTop: 16 }}>
        <FullText detail={detail} title={papers.text} />
      </div>
    </Section>
  );
}

/** What this person may do now; nothing where it waits for others. */
function ToDo({ detail }: { detail: ConsentDetail }) {
  const person = usePerson();
  const waits = awaits(detail);
  if (waits === "verification")
    return <Verify detail={detail} mayAct={person.may("verify-paper", "consent")} />;
  if (waits === "witness") return <WitnessForm detail={detail} mayAct={person.may("witness", "consent")} />;
  return waits === "paper" && person.may("request", "consent") ? <Attach detail={detail} /> : null;
}

type Signature = ConsentDetail["signatures"][number];

function Signatures({ detail }: { detail: ConsentDetail }) {
  const { papers, authorisations } = useWords();
  const parts: Readonly<Record<string, string>> = papers.signatureParts;
  const columns: Column<Signature>[] = [
    { title: papers.signature, cell: (one) => parts[one.part] ?? one.part, isHead: true },
    { title: papers.method, cell: (one) => authorisations.methods[one.method] ?? one.method_name },
    { title: papers.actor, cell: (one) => <Who id={one.principal} /> },
    { title: papers.when, cell: (one) => <span className="num">{moment(one.at)}</span> },
  ];
  return (
    <Section title={papers.signatures}>
      {detail.signatures.length === 0 ? (
        <p className="quiet">{papers.signaturesEmpty}</p>
      ) : (
        <Rows
          label={papers.signatures}
          rows={detail.signatures}
          columns={columns}
          keyOf={(one) => `${one.part} ${one.principal} ${one.at}`}
        />
      )}
    </Section>
  );
}
