import { Skeleton } from "antd";

import { useWords } from "../i18n/words";
import { Page } from "./Page";

/** While a whole page is on its way. */
export function Loading() {
  const { shell } = useWords();
  return (
    <Page title={shell.loading} isQuiet>
      <div role="status" aria-label={shell.loading}>
        <Skeleton active title={{ width: 240 }} paragraph={{ rows: 6 }} />
      </div>
    </Page>
  );
}
