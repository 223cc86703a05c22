import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link, useLocation } from "wouter";

import { modelOf } from "../../api/evaluationDesk";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { typeset } from "../../parts/typeset";
import { addressOf } from "./address";
import { Acts } from "./Acts";
import { Content } from "./Content";
import { Differences } from "./Differences";
import { Life } from "./Life";
import { Monitoring } from "./Monitoring";
import { MODEL_TONES } from "./tones";
import { ValidationPart } from "./ValidationPart";

const PARTS = ["content", "validation", "monitoring", "differences"] as const;

/** One version of a model: where it stands, what can be done, what it says and what was measured. */
export function ModelPage({ id, version, part }: { id: string; version: string; part: string | undefined }) {
  const { scorecards: words } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const [, go] = useLocation();
  const query = useQuery(modelOf(id, version));
  const here = PARTS.find((one) => one === part) ?? "content";
  const address = (one: string) => addressOf(id, version, one);
  const model = query.data;
  return (
    <Page
      title={model === undefined ? words.title : `${typeset(model.document.name[language])} ${model.version}`}
      lead={
        model && (
          <State tone={MODEL_TONES[model.state] ?? "calm"}>
            {words.states[model.state as keyof typeof words.states]}
          </State>
        )
      }
      actions={
        person.may("create", "evaluation-model") && (
          <Button onClick={() => go(`/evaluation-models/new?from=${id}/${version}`)}>
            {words.beginHere}
          </Button>
        )
      }
      trail={<Link href="/evaluation-models">{words.back}</Link>}
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <Section title={words.life} note={words.lifeNotes[found.state as keyof typeof words.lifeNotes]}>
              <Life model={found} />
            </Section>
            <Acts model={found} />
            <TabLinks
              label={words.parts}
              here={address(here)}
              tabs={PARTS.map((one): [string, string] => [address(one), words.tabs[one]])}
            />
            {here === "content" && <Content model={found} />}
            {here === "validation" && <ValidationPart model={found} />}
            {here === "monitoring" && <Monitoring model={found} />}
            {here === "differences" && <Differences model={found} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
