import { useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";

import { api, got } from "../../api/client";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";

/** Linking the organisation's own sign-on; nothing while no organisation has one. */
export function SignOnLinks() {
  const { me } = useWords();
  const query = useQuery({
    queryKey: ["sign-on"],
    queryFn: () => got(api.GET("/v1/sign-on")),
    staleTime: 600_000,
  });
  const link = useDeed({
    act: (provider: string) =>
      got(
        api.POST("/v1/sign-on/{provider}/link", {
          params: { path: { provider } },
          body: { return_to: "/me" },
        }),
      ),
    then: ({ location: address }) => location.assign(address),
  });
  if (!query.isSuccess || query.data.providers.length === 0) return null;
  return (
    <Section title={me.signOn} note={me.signOnNote}>
      {link.isError && <FaultNotice thrown={link.error} />}
      <Space wrap>
        {query.data.providers.map(({ id, name }) => (
          <Button key={id} loading={link.isPending} onClick={() => link.mutate(id)}>
            {me.link(name)}
          </Button>
        ))}
      </Space>
    </Section>
  );
}
