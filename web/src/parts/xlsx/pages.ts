/** One page of a list as the node gives it. */
export interface ListPage<T> {
  rows: readonly T[];
  total: number;
}

export interface Reading<T> {
  readPage: (page: number, pageSize: number) => Promise<ListPage<T>>;
  pageSize: number;
  limit: number; // most rows in one file
  keyOf: (row: T) => string | number;
  onProgress: (done: number, of: number) => void;
  signal: AbortSignal;
}

/**
 * Reads a list page by page up to the limit. A row that moved to a later page while it was read is taken once. Throws
 * the fault of a page; what was read before it is thrown away, for half a list looks like a whole one.
 */
export async function readAll<T>({ readPage, pageSize, limit, keyOf, onProgress, signal }: Reading<T>) {
  const rows = new Map<string | number, T>();
  let total = 0;
  for (let page = 1; rows.size < limit; page += 1) {
    const found = await readPage(page, pageSize);
    signal.throwIfAborted();
    total = found.total;
    for (const row of found.rows) if (rows.size < limit) rows.set(keyOf(row), row);
    onProgress(rows.size, Math.min(total, limit));
    if (found.rows.length < pageSize) break;
  }
  return { rows: [...rows.values()], total: Math.max(total, rows.size) };
}
