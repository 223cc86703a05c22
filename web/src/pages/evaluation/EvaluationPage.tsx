import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "wouter";

import { type Evaluation, ownEvaluationOf } from "../../api/ownEvaluation";
import { asFault } from "../../api/fault";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { TabLinks } from "../../parts/TabLinks";
import { CoursePart } from "./CoursePart";
import { ImprovePart } from "./ImprovePart";
import { ModelPart } from "./ModelPart";
import { ModulesPart } from "./ModulesPart";
import { ObjectionsPart } from "./ObjectionsPart";
import { ResultPart } from "./ResultPart";

const BASE = "/my-evaluation";
const PARTS = ["result", "improve", "course", "model", "objections", "modules"] as const;
const addressOf = (part: string) => (part === "result" ? BASE : `${BASE}/${part}`);

/** How the platform evaluates one's own firm: the result, why, what would improve it, and how to object. */
export function EvaluationPage() {
  const { evaluation: words } = useWords();
  const person = usePerson();
  const { part = "result" } = useParams<{ part?: string }>();
  const query = useQuery(ownEvaluationOf(person.subject ?? ""));
  const isWithout = query.isError && asFault(query.error).code === "no_model";
  return (
    <Page title={words.title} lead={words.lead}>
      {isWithout ? (
        <Section title={words.result}>
          <Empty title={words.noModel} action={<Link href="/file">{words.toFile}</Link>}>
            {words.noModelHint}
          </Empty>
        </Section>
      ) : (
        <>
          <TabLinks
            label={words.partsLabel}
            here={addressOf(part)}
            tabs={PARTS.map((one) => [addressOf(one), words.parts[one]])}
          />
          <Loaded query={query}>{(found) => <Part part={part} evaluation={found} />}</Loaded>
        </>
      )}
    </Page>
  );
}

function Part({ part, evaluation }: { part: string; evaluation: Evaluation }) {
  switch (part) {
    case "improve":
      return <ImprovePart />;
    case "course":
      return <CoursePart />;
    case "objections":
      return <ObjectionsPart evaluation={evaluation} />;
    case "modules":
      return <ModulesPart />;
    case "model":
      return <ModelPart evaluation={evaluation} />;
    default:
      return <ResultPart evaluation={evaluation} />;
  }
}
