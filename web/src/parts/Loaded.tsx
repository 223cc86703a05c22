import type { UseQueryResult } from "@tanstack/react-query";
import { Skeleton } from "antd";
import type { ReactNode } from "react";

import { useWords } from "../i18n/words";
import { FaultNotice } from "./Notice";

/** What a query gave: a skeleton first, then the thing; or why not and a way to try again, beside what was there. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const { shell } = useWords();
  return (
    <>
      {query.isPending && (
        <div role="status" aria-label={shell.loading}>
          <Skeleton active paragraph={{ rows: 4 }} />
        </div>
      )}
      {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
    </>
  );
}
