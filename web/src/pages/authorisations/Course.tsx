import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { type ConsentDetail, signatureFile } from "../../api/consents";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { moment } from "../../parts/format";
import { saveJson } from "../../parts/saveJson";
import { useDeed } from "../../parts/useDeed";

type Step = ConsentDetail["steps"][number];

/** What has happened to an authorisation, by whom, and how it was signed. */
export function Course({ detail }: { detail: ConsentDetail }) {
  const { authorisations: words } = useWords();
  const load = useDeed({
    act: () => signatureFile(detail.id),
    then: (found) => saveJson(found, `authorisation-${detail.id}.json`),
  });
  const columns: Column<Step>[] = [
    { title: words.when, cell: (one) => moment(one.at), isHead: true },
    { title: words.step, cell: (one) => stepWords(one, detail, words) },
    {
      title: words.by,
      cell: (one) => one.actor_name ?? (one.actor === "platform" ? words.platform : words.notTold),
    },
  ];
  const isSigned = detail.signatures.length > 0;
  return (
    <Section
      title={words.steps}
      actions={
        isSigned && (
          <Button
            icon={<DownloadOutlined aria-hidden />}
            loading={load.isPending}
            onClick={() => load.mutate(undefined)}
          >
            {words.signature}
          </Button>
        )
      }
    >
      {load.isError && <FaultNotice thrown={load.error} />}
      <Rows
        label={words.steps}
        rows={[...detail.steps].reverse()}
        columns={columns}
        keyOf={(one) => `${one.at}${one.event}${one.revision}`}
      />
    </Section>
  );
}

const SIGNING = new Set(["sign", "attest"]);

function stepWords(
  step: Step,
  detail: ConsentDetail,
  words: ReturnType<typeof useWords>["authorisations"],
): string {
  const name = words.events[step.event] ?? step.event_name;
  const signed = detail.signatures.find((one) => one.at === step.at && one.part === "signer");
  const note = step.details["note"];
  if (signed !== undefined && SIGNING.has(step.event)) {
    return `${name} · ${words.methods[signed.method] ?? signed.method_name} · ${words.capacities[signed.capacity] ?? signed.capacity}`;
  }
  return typeof note === "string" && note !== "" ? `${name} · ${note}` : name;
}
