import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Segmented } from "antd";
import { useEffect, useState } from "react";

import {
  type Batch,
  followed,
  hasEnded,
  type Mending,
  mendingOf,
  MENDING_PAGE,
  resend,
} from "../../api/collect";
import { definition } from "../../api/definitions";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { count } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { Grid } from "./Grid";
import { editedRows, neededColumns, rowsToSend, typed, without } from "./rows";
import { Outcome } from "./Outcome";
import { forgetRows, useDrafts } from "./useDrafts";
import styles from "./mend.module.css";

/** The rows of a batch that were set aside, to be mended on the spot and sent back. */
export function Mend({ batch }: { batch: Batch }) {
  const { deliveries: words } = useWords();
  const [page, setPage] = useState(1);
  const query = useQuery({ ...mendingOf(batch.id, page), placeholderData: keepPreviousData });
  const latest = query.data?.corrections[0] ?? null;
  const isChecking = useFollowed(latest);
  const { account } = usePerson();
  const isOver = query.data !== undefined && query.data.quarantined === 0 && page === 1;
  useEffect(() => {
    if (isOver) forgetRows(account, batch.id);
  }, [isOver, account, batch.id]);
  return (
    <Section
      title={words.mend}
      note={isOver ? undefined : words.mendNote}
      actions={<a href={`/v1/batches/${batch.id}/feedback`}>{words.feedback}</a>}
    >
      <Loaded query={query}>
        {(found) => (
          <>
            {latest !== null && <Outcome latest={latest} isChecking={isChecking} left={found.quarantined} />}
            {found.quarantined === 0 ? (
              <Empty title={words.allMended}>{words.allMendedHint}</Empty>
            ) : (
              <Desk key={batch.id} batch={batch} found={found} isChecking={isChecking} />
            )}
            {found.total > MENDING_PAGE && (
              <Pager page={page} pageSize={MENDING_PAGE} total={found.total} onPage={setPage} />
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** Whether the latest correction is still being checked; what it brought is asked for when it has ended. */
function useFollowed(latest: Mending["corrections"][number] | null): boolean {
  const client = useQueryClient();
  const isOpen = latest !== null && !hasEnded(latest);
  const correction = useQuery({ ...followed(latest?.id ?? 0), enabled: isOpen });
  const ended = isOpen && correction.data !== undefined && hasEnded(correction.data);
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: ["batches"] });
  }, [ended, client]);
  return isOpen;
}

function Desk({ batch, found, isChecking }: { batch: Batch; found: Mending; isChecking: boolean }) {
  const { deliveries: words } = useWords();
  const person = usePerson();
  const item = useQuery(definition(batch.item));
  const { drafts, change } = useDrafts(person.account, batch.id, found.personal);
  const [isWhole, setWhole] = useState(false);
  const { rows, columns } = found;
  const needed = neededColumns(rows, columns, item.data);
  const edited = editedRows(rows, columns, drafts);
  const deed = useDeed({
    act: () => resend(batch, rowsToSend(rows, columns, drafts)),
    refreshes: [["batches"]],
  });
  const isLocked = isChecking || deed.isPending || !person.may("create", "batch");
  const send = () => {
    if (edited.length > 0 && !isLocked) deed.mutate(undefined);
  };
  if (rows.every((row) => row.cells === null && row.raw === null))
    return <Alert type="info" showIcon title={words.sealed} description={words.notMine} />;
  return (
    <>
      {needed.length < columns.length && (
        <div className={styles["choice"]}>
          <span id="columns-shown">{words.columnsShown}</span>
          <Segmented
            aria-labelledby="columns-shown"
            value={isWhole ? "all" : "bad"}
            onChange={(value) => setWhole(value === "all")}
            options={[
              { value: "bad", label: words.onlyBad },
              { value: "all", label: words.allColumns },
            ]}
          />
        </div>
      )}
      <Grid
        rows={rows}
        columns={columns}
        shown={isWhole ? columns : needed}
        item={item.data}
        drafts={drafts}
        isLocked={isLocked}
        onType={(row, values) => change((before) => typed(before, row, columns, values))}
        onUndo={(row) => change((before) => without(before, row.row_no))}
        onSend={send}
      />
      {deed.isError && <FaultNotice thrown={deed.error} />}
      {person.may("create", "batch") && (
        <div className={styles["bar"]}>
          <div>
            <strong className="num">{words.edited(count(edited.length), count(found.quarantined))}</strong>
            <p className="quiet">{found.personal ? words.notKept : words.kept}</p>
          </div>
          <div className={styles["acts"]}>
            {edited.length > 0 && (
              <ConfirmButton sure={words.undoSure} disabled={isLocked} onConfirm={() => change(() => ({}))}>
                {words.undo}
              </ConfirmButton>
            )}
            <Button
              type="primary"
              size="large"
              disabled={edited.length === 0 || isChecking}
              loading={deed.isPending}
              onClick={send}
            >
              {edited.length === 0 ? words.resendNone : words.resend(count(edited.length))}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
