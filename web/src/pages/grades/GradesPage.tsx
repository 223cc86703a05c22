import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { Link } from "wouter";

import { type Model, models as allModels } from "../../api/evaluationDesk";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { DistributionPart } from "./DistributionPart";
import { ResultsPart } from "./ResultsPart";
import { RunsPart } from "./RunsPart";

const PARTS = ["distribution", "list", "runs"] as const;

/** What evaluation has given: how the grades fall, the list, and the runs that made them. */
export function GradesPage({ part }: { part: string | undefined }) {
  const { grading: words } = useWords();
  const { value } = useAddress();
  const query = useQuery(allModels);
  const here = PARTS.find((one) => one === part) ?? "distribution";
  const asked = value("model");
  const address = (one: string) =>
    (one === "distribution" ? "/grades" : `/grades/${one}`) + (asked === "" ? "" : `?model=${asked}`);
  return (
    <Page title={words.title} lead={words.lead}>
      <TabLinks
        label={words.parts}
        here={address(here)}
        tabs={PARTS.map((one): [string, string] => [address(one), words.tabs[one]])}
      />
      {here === "runs" ? (
        <RunsPart />
      ) : (
        <Loaded query={query}>
          {(models) => <OfModel models={models} asked={asked} isList={here === "list"} />}
        </Loaded>
      )}
    </Page>
  );
}

function OfModel({ models, asked, isList }: { models: Model[]; asked: string; isList: boolean }) {
  const { grading: words } = useWords();
  const { language } = useLanguage();
  const { change } = useAddress();
  // A model without any version that was ever in force has evaluated nobody.
  const started = models.filter((one) => one.started_at !== null);
  const ids = [...new Set(started.map((one) => one.id))];
  const id =
    ids.find((one) => one === asked) ?? started.find((one) => one.state === "in_force")?.id ?? ids[0];
  if (id === undefined) {
    return (
      <Empty title={words.noModel} action={<Link href="/evaluation-models">{words.toModels}</Link>}>
        {words.noModelHint}
      </Empty>
    );
  }
  const nameOf = (one: string) =>
    typeset(started.find((model) => model.id === one)?.document.name[language] ?? one);
  return (
    <>
      <Filters>
        <Filter label={words.model} id="model">
          <Select
            id="model"
            value={id}
            popupMatchSelectWidth={false}
            options={ids.map((one) => ({ value: one, label: nameOf(one) }))}
            onChange={(model: string) => change({ model, grade: "", division: "" })}
          />
        </Filter>
      </Filters>
      {isList ? <ResultsPart key={id} model={id} /> : <DistributionPart model={id} />}
    </>
  );
}
