import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Popconfirm } from "antd";
import { useRef, useState } from "react";
import { Link, useLocation } from "wouter";

import { AFTER_STEP, createModel, type DraftRead, modelOf, readDraft } from "../../api/evaluationDesk";
import { useLanguage, useWords } from "../../i18n/words";
import { keepDraft, keptDraft } from "../../parts/drafts";
import { Facts } from "../../parts/Facts";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { addressOf } from "./address";
import { lineAt, rangeOf } from "./lines";
import styles from "./models.module.css";

const KEPT = "evaluation-model";
const TEXT_MAX = 200_000;

/** A version is drafted from a file or by hand: read first, every fault at its line, kept only when it is whole. */
export function DraftPage() {
  const { scorecards: words } = useWords();
  const { value } = useAddress();
  const from = value("from");
  const [text, setText] = useState(() => String(keptDraft(KEPT) ?? ""));
  const [file, setFile] = useState<File | undefined>();
  const area = useRef<HTMLDivElement>(null);
  const reading = useDeed({ act: readDraft });
  const write = (after: string) => {
    setText(after);
    keepDraft(KEPT, after === "" ? null : after);
    reading.reset();
  };
  const choose = async (chosen: File | undefined) => {
    setFile(chosen);
    if (chosen !== undefined) write((await chosen.slice(0, TEXT_MAX).text()).replaceAll("\0", ""));
  };
  const show = (line: number) => {
    const field = area.current?.querySelector("textarea");
    if (!field) return;
    const [start, end] = rangeOf(text, line);
    field.focus();
    field.setSelectionRange(start, end);
    field.scrollTop = (line - 4) * 20;
  };
  return (
    <Page
      title={words.draft}
      lead={words.draftLead}
      trail={<Link href="/evaluation-models">{words.back}</Link>}
    >
      <Section title={words.draftText} note={words.draftNote}>
        <Form layout="vertical" className={styles["wideForm"] ?? ""} onFinish={() => reading.mutate(text)}>
          <Form.Item label={words.draftFile} htmlFor="draft-file">
            <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
              <FilePicker
                id="draft-file"
                value={file}
                accept=".yml,.yaml,.json,application/json"
                words={words.chooseDraft}
                onChange={(chosen) => void choose(chosen)}
              />
              {from !== "" && <Begin from={from} onText={write} />}
            </div>
          </Form.Item>
          <Form.Item label={words.draftBody} htmlFor="draft-text">
            <div ref={area}>
              <Input.TextArea
                id="draft-text"
                className={styles["text"] ?? ""}
                rows={18}
                value={text}
                maxLength={TEXT_MAX}
                spellCheck={false}
                onChange={({ target }) => write(target.value)}
              />
            </div>
          </Form.Item>
          {reading.isError && <FaultNotice thrown={reading.error} />}
          <Button type="primary" htmlType="submit" disabled={text.trim() === ""} loading={reading.isPending}>
            {words.read}
          </Button>
        </Form>
      </Section>
      {reading.data !== undefined && <Answer read={reading.data} text={text} onShow={show} />}
    </Page>
  );
}

/** Takes an existing version as the beginning. */
function Begin({ from, onText }: { from: string; onText: (text: string) => void }) {
  const { scorecards: words } = useWords();
  const client = useQueryClient();
  const [id = "", version = ""] = from.split("/");
  const deed = useDeed({
    act: () => client.fetchQuery(modelOf(id, version)),
    then: (model) => onText(JSON.stringify(model.document, null, 2)),
  });
  return (
    <>
      <Button loading={deed.isPending} onClick={() => deed.mutate(undefined)}>
        {words.beginFrom(`${id} ${version}`)}
      </Button>
      {deed.isError && <FaultNotice thrown={deed.error} />}
    </>
  );
}

interface AnswerProps {
  read: DraftRead;
  text: string;
  onShow: (line: number) => void;
}

function Answer({ read, text, onShow }: AnswerProps) {
  const { scorecards: words } = useWords();
  if (read.model !== null) return <Whole read={read} />;
  return (
    <Section title={words.draftFaults(read.faults.length)} note={words.draftFaultsNote}>
      <div role="alert">
        <ul className={styles["faults"]}>
          {read.faults.map((one) => (
            <li key={`${one.line} ${one.column} ${one.field} ${one.message}`}>
              {one.line > 0 ? (
                <Button
                  type="link"
                  style={{ padding: 0, height: "auto", justifyContent: "flex-start" }}
                  onClick={() => onShow(one.line)}
                >
                  {words.atLine(one.line)}
                </Button>
              ) : (
                <span>{words.wholeText}</span>
              )}
              <div>
                {typeset(one.message)} <span className="code quiet">{one.field}</span>
                {one.line > 0 && <pre className="code">{lineAt(text, one.line)}</pre>}
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}

function Whole({ read }: { read: DraftRead }) {
  const { scorecards: words, shell } = useWords();
  const { language } = useLanguage();
  const [, go] = useLocation();
  const card = read.model;
  const deed = useDeed({
    act: createModel,
    done: words.drafted,
    refreshes: AFTER_STEP,
    then: (model) => {
      keepDraft(KEPT, null);
      go(addressOf(model.id, model.version));
    },
  });
  if (card === null) return null;
  const scored = card.dimensions.reduce((sum, one) => sum + one.indicators.length, 0);
  return (
    <Section title={words.draftWhole} note={words.draftWholeNote}>
      <Facts
        facts={[
          [words.name, `${typeset(card.name[language])} ${card.version}`],
          [words.tabs.content, words.inShort(card.dimensions.length, scored, card.vetoes?.length ?? 0)],
          [words.state, <State tone="good">{words.noFaults}</State>],
          [words.digest, <span className="code">{read.digest}</span>],
        ]}
      />
      {deed.isError && <FaultNotice thrown={deed.error} />}
      <div style={{ marginTop: 20 }}>
        <Popconfirm
          title={<div style={{ maxWidth: 300 }}>{words.keepSure}</div>}
          okText={words.keep}
          cancelText={shell.cancel}
          onConfirm={() => deed.mutate(card)}
        >
          <Button type="primary" loading={deed.isPending}>
            {words.keep}
          </Button>
        </Popconfirm>
      </div>
    </Section>
  );
}
