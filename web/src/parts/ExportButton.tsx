import { DownloadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useEffect, useRef, useState } from "react";

import { asFault } from "../api/fault";
import { useWords } from "../i18n/words";
import { count, moment } from "./format";
import { sayFault } from "./Notice";
import { type ListPage, readAll } from "./xlsx/pages";
import { save } from "./xlsx/save";
import type { ExportColumn } from "./xlsx/sheet";

export type { ExportColumn } from "./xlsx/sheet";

interface Props<T> {
  name: string; // of the list: of the file and of its first sheet
  columns: readonly ExportColumn<T>[];
  /** One page of the list with the filters in force; pages count from 1. */
  readPage: (page: number, pageSize: number) => Promise<ListPage<T>>;
  keyOf: (row: T) => string | number;
  pageSize?: number; // the most the route gives
  limit?: number; // most rows in one file
  total?: number | undefined; // where it is known already: an empty list is not offered
}

/**
 * Exports a list to XLSX: every page of it up to the limit, read with the rights of whoever exports. Says how far it
 * is, may be stopped, and says what the limit left out, on the screen and in the file.
 */
export function ExportButton<T>(props: Props<T>) {
  const { exporting: words } = useWords();
  const { progress, start, stop } = useExport(props);
  if (progress === null) {
    return (
      <Button icon={<DownloadOutlined aria-hidden />} disabled={props.total === 0} onClick={start}>
        {words.begin}
      </Button>
    );
  }
  return (
    <Button onClick={stop} aria-live="polite">
      <span className="num">{words.running(count(progress.done), count(progress.of))}</span>
    </Button>
  );
}

function useExport<T>({ name, columns, readPage, keyOf, pageSize = 200, limit = 20_000 }: Props<T>) {
  const words = useWords();
  const { message, notification } = App.useApp();
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (signal: AbortSignal) => {
    const { exporting } = words;
    const address = location.href;
    const { rows, total } = await readAll({
      readPage,
      pageSize,
      limit,
      keyOf,
      signal,
      onProgress: (done, of) => setProgress({ done, of }),
    });
    const at = moment(new Date().toISOString());
    const isWhole = rows.length >= total;
    const extent = isWhole
      ? exporting.whole(count(rows.length))
      : exporting.part(count(rows.length), count(total));
    const { workbook } = await import("./xlsx/write");
    const file = await workbook(rows, columns, { rows: name, about: exporting.about }, [
      [exporting.list, name],
      [exporting.at, at],
      [exporting.extent, extent],
      [exporting.address, address],
    ]);
    signal.throwIfAborted();
    save(file, `${name}-${at.replace(/[- :]/g, "")}.xlsx`);
    if (isWhole) void message.success(extent);
    else notification.warning({ title: extent, description: exporting.partHint, duration: 0 });
  };

  const start = () => {
    const control = new AbortController();
    running.current = control;
    setProgress({ done: 0, of: 0 });
    run(control.signal)
      .catch((thrown: unknown) => {
        if (control.signal.aborted) return;
        const { message: title, hint } = sayFault(asFault(thrown), words);
        notification.error({ title, description: hint, duration: 0 });
      })
      .finally(() => setProgress(null));
  };
  return { progress, start, stop: () => running.current?.abort() };
}
