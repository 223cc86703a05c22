import { KeyOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { addPasskey } from "../../api/passkeys";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { passkeyFault } from "../sign-in/passkeyFault";

/** The passkey of an account that has nothing else yet. */
export function FirstPasskey({ onDone }: { onDone: () => void }) {
  const { firm, signIn } = useWords();
  const add = useDeed({
    act: () => addPasskey(firm.passkeyDevice).catch((thrown: unknown) => passkeyFault(thrown, signIn)),
    then: onDone,
  });
  return (
    <Page title={firm.passkeyStep} lead={firm.passkeyStepNote} narrow>
      <Section title={firm.byPasskey} note={firm.byPasskeyNote}>
        {add.isError && <FaultNotice thrown={add.error} />}
        <Button
          type="primary"
          size="large"
          autoFocus
          icon={<KeyOutlined />}
          loading={add.isPending}
          onClick={() => add.mutate(undefined)}
        >
          {firm.passkeyNow}
        </Button>
      </Section>
    </Page>
  );
}
