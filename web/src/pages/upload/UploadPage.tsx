import { useQuery } from "@tanstack/react-query";

import { ownItems } from "../../api/collect";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Sending } from "./Sending";
import { Unfinished } from "./Unfinished";
import { UploadForm } from "./UploadForm";
import { useRunning } from "./running";

/** Sending a file of any size: it goes on by itself after the line broke, and after a reload with the same file. */
export function UploadPage() {
  const { upload } = useWords();
  const running = useRunning();
  const items = useQuery(ownItems);
  return (
    <Page title={upload.title} lead={upload.lead} narrow>
      {running !== null ? (
        <Sending running={running} />
      ) : (
        <Loaded query={items}>
          {(found) => (
            <>
              <Unfinished items={found.items} />
              <UploadForm items={found.items} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}
