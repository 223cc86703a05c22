import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Space } from "antd";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { api, got } from "../../api/client";
import { acceptWithPasskey } from "../../api/passkeys";
import { hasPasskeys } from "../../api/webauthn";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { NewPassword } from "../../parts/NewPassword";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { passkeyFault } from "../sign-in/passkeyFault";

/** Whoever was invited chooses how to sign in. The token stands after #, so that no server on the way sees it. */
export function InvitationPage() {
  const { firm, shell } = useWords();
  const token = location.hash.slice(1);
  const [done, setDone] = useState<string | null>(null);
  if (token === "") {
    return (
      <Page title={firm.invitationMissing} narrow>
        <Empty title={firm.invitationMissingHint} action={<Link href="/">{shell.home}</Link>} />
      </Page>
    );
  }
  return (
    <Page title={firm.invitation} lead={firm.invitationLead} narrow>
      {done === null ? (
        <>
          <ByPasskey token={token} onDone={setDone} />
          <ByPassword token={token} onDone={setDone} />
          <BySignOn token={token} />
        </>
      ) : (
        <Alert type="success" showIcon title={done} action={<Link href="/sign-in">{shell.signIn}</Link>} />
      )}
    </Page>
  );
}

interface Props {
  token: string;
  onDone: (words: string) => void;
}

function ByPasskey({ token, onDone }: Props) {
  const { firm, signIn } = useWords();
  const client = useQueryClient();
  const [, go] = useLocation();
  const accept = useDeed({
    act: () =>
      acceptWithPasskey(token, firm.passkeyDevice).catch((thrown: unknown) => passkeyFault(thrown, signIn)),
    then: async (isOpened) => {
      if (!isOpened) return onDone(firm.acceptedLater);
      await client.invalidateQueries();
      go("/home", { replace: true });
    },
  });
  return (
    <Section title={firm.withPasskey} note={hasPasskeys() ? signIn.passkeyNote : signIn.passkeyUnavailable}>
      {accept.isError && <FaultNotice thrown={accept.error} />}
      <Button
        type="primary"
        disabled={!hasPasskeys()}
        loading={accept.isPending}
        onClick={() => accept.mutate(undefined)}
      >
        {firm.acceptPasskey}
      </Button>
    </Section>
  );
}

function ByPassword({ token, onDone }: Props) {
  const { firm, me } = useWords();
  const accept = useDeed({
    act: ({ password }: { password: string }) =>
      got(api.POST("/v1/invitations/accept", { body: { token, password } })),
    then: ({ login }) => onDone(firm.acceptedPassword(login)),
  });
  return (
    <Section title={firm.withPassword} note={me.passwordNote}>
      {accept.isError && <FaultNotice thrown={accept.error} />}
      <Form layout="vertical" requiredMark={false} onFinish={accept.mutate} style={{ maxWidth: 480 }}>
        <NewPassword />
        <Button htmlType="submit" loading={accept.isPending}>
          {firm.acceptPassword}
        </Button>
      </Form>
    </Section>
  );
}

function BySignOn({ token }: { token: string }) {
  const { firm } = useWords();
  const query = useQuery({
    queryKey: ["sign-on"],
    queryFn: () => got(api.GET("/v1/sign-on")),
    staleTime: 600_000,
  });
  const start = useDeed({
    act: (provider: string) =>
      got(
        api.POST("/v1/sign-on/{provider}/invited", {
          params: { path: { provider } },
          body: { invitation: token, return_to: "/home" },
        }),
      ),
    then: ({ location: address }) => location.assign(address),
  });
  if (!query.isSuccess || query.data.providers.length === 0) return null;
  return (
    <Section title={firm.withSignOn}>
      {start.isError && <FaultNotice thrown={start.error} />}
      <Space wrap>
        {query.data.providers.map(({ id, name }) => (
          <Button key={id} loading={start.isPending} onClick={() => start.mutate(id)}>
            {name}
          </Button>
        ))}
      </Space>
    </Section>
  );
}
