import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { useState } from "react";
import { useLocation } from "wouter";

import type { ConsentPurpose } from "../../api/consents";
import { catalogue } from "../../api/platform";
import { previewOf } from "../../api/preview";
import { useWords } from "../../i18n/words";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { AskFirm } from "./AskFirm";
import { ChoiceBar } from "./ChoiceBar";
import { ItemChoice } from "./ItemChoice";
import { Relied } from "./Relied";
import { askedAtFirst, classesOf, usualChoice } from "./outlook";
import { keepQuestion } from "./questions";

interface Props {
  code: string;
  purposes: ConsentPurpose[];
  first: ConsentPurpose;
}

/** The question: purpose, day and items, with what would come of each before it is asked. */
export function Asking({ code, purposes, first }: Props) {
  const { workbench } = useWords();
  const { value, change } = useAddress();
  const [, go] = useLocation();
  const purpose = purposes.find((one) => one.purpose === value("purpose")) ?? first;
  const [reference, setReference] = useState("");
  const [isAsking, setAsking] = useState(false);
  const items = useQuery(catalogue);
  const look = useQuery({
    ...previewOf(code, purpose.purpose, value("as_of")),
    placeholderData: keepPreviousData,
  });
  const looks = look.data?.items ?? [];
  const given = value("items");
  const chosen = new Set(
    given === "" ? usualChoice(looks, purpose) : given.split(",").filter((one) => one !== "none"),
  );
  const choose = (next: readonly string[]) => change({ items: next.length === 0 ? "none" : next.join(",") });
  const wanted = looks.filter((one) => chosen.has(one.item));
  const available = wanted.filter((one) => one.allowed);

  const inquire = () => {
    const as_of = value("as_of");
    const key = keepQuestion({
      subject: code,
      purpose: purpose.purpose,
      items: available.map((one) => one.item),
      ...(as_of === "" ? {} : { as_of }),
      ...(reference.trim() === "" ? {} : { reference: reference.trim() }),
    });
    go(`/workbench/${encodeURIComponent(code)}/file?k=${key}`);
  };

  return (
    <>
      <Section title={workbench.question} note={workbench.questionNote}>
        <Filters>
          <Filter label={workbench.purpose} id="purpose">
            <Select
              id="purpose"
              value={purpose.purpose}
              options={purposes.map((one) => ({ value: one.purpose, label: one.name }))}
              onChange={(next) => {
                setAsking(false);
                change({ purpose: next, items: "" });
              }}
            />
          </Filter>
          <Filter label={workbench.asOf} id="as_of">
            <Input
              id="as_of"
              type="date"
              value={value("as_of")}
              title={workbench.asOfHint}
              onChange={({ target }) => change({ as_of: target.value })}
            />
          </Filter>
          <Filter label={workbench.reference} id="reference">
            <Input
              id="reference"
              value={reference}
              maxLength={100}
              placeholder={workbench.referenceHint}
              style={{ minWidth: 280 }}
              onChange={({ target }) => setReference(target.value)}
            />
          </Filter>
        </Filters>
        <Relied code={code} consents={look.data?.consents ?? []} />
        <Loaded query={look}>
          {() => (
            <ItemChoice
              classes={classesOf(items.data?.items ?? [], looks)}
              chosen={chosen}
              onChoose={choose}
              onUsual={() => change({ items: "" })}
            />
          )}
        </Loaded>
      </Section>
      {look.data !== undefined && (
        <>
          {isAsking && (
            <AskFirm
              key={purpose.purpose}
              code={code}
              purpose={purpose}
              looks={looks}
              chosen={chosen}
              onDone={() => setAsking(false)}
            />
          )}
          <ChoiceBar
            looks={looks}
            chosen={chosen}
            asked={askedAtFirst(looks, purpose, chosen).length}
            isAsking={isAsking}
            onAsk={() => setAsking(true)}
            onInquire={inquire}
          />
        </>
      )}
    </>
  );
}
