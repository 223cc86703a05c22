import { Link } from "wouter";

import { useWords } from "../i18n/words";
import { Empty } from "../parts/Empty";
import { Page } from "../parts/Page";

export function NotFound() {
  const { shell } = useWords();
  return (
    <Page title={shell.notFound} narrow>
      <Empty title={shell.notFoundHint} action={<Link href="/">{shell.home}</Link>} />
    </Page>
  );
}
