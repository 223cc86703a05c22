import { App, Button, Dropdown } from "antd";

import { api, got } from "../../api/client";
import { asFault } from "../../api/fault";
import type { Account } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { isLocked } from "./factors";
import { orPropose } from "./proposing";

type Doing = "suspend" | "resume" | "reset" | "unlock" | "close";

const RIGHTS: Record<Doing, string> = {
  suspend: "close",
  resume: "edit",
  reset: "reset",
  unlock: "reset",
  close: "close",
};

interface Props {
  account: Account;
  onEdit: (account: Account) => void;
  onToken: (token: string) => void; // of a new invitation: shown outside the rows, which come and go
}

/** What may be done with somebody else's account. */
export function AccountActions({ account, onEdit, onToken }: Props) {
  const { accounts, shell } = useWords();
  const { modal } = App.useApp();
  const person = usePerson();
  const deed = useDeed({
    act: (doing: Doing) => perform(doing, account.id),
    done: (outcome) => (outcome === "proposed" ? accounts.proposed : accounts.done),
    refreshes: [["accounts"], ["account-proposals"]],
    then: (outcome) => typeof outcome === "object" && onToken(outcome.token),
  });
  if (person.account === account.id) return <span className="quiet">{accounts.yourself}</span>;
  const sure: Partial<Record<Doing, string>> = {
    suspend: accounts.suspendSure,
    reset: accounts.resetSure,
    close: accounts.closeSure,
  };
  const mayEdit = person.may("edit", "account") && account.state !== "closed";
  const possible = possibleFor(account).filter((doing) => person.may(RIGHTS[doing], "account"));
  if (possible.length === 0 && !mayEdit) return "—";
  const ask = (doing: Doing) => {
    const content = sure[doing];
    if (content === undefined) return deed.mutate(doing);
    return modal.confirm({
      title: `${accounts[doing]} · ${account.name}`,
      content,
      okText: accounts[doing],
      cancelText: shell.cancel,
      okButtonProps: { danger: true },
      onOk: () => deed.mutateAsync(doing).then(() => undefined, asFault),
    });
  };
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            ...(mayEdit ? [{ key: "edit", label: accounts.edit }] : []),
            ...possible.map((doing) => ({ key: doing, label: accounts[doing], danger: doing === "close" })),
          ],
          onClick: ({ key }) => {
            if (key === "edit") onEdit(account);
            const doing = possible.find((one) => one === key);
            if (doing !== undefined) void ask(doing);
          },
        }}
      >
        <Button size="small" loading={deed.isPending} aria-label={`${accounts.more} ${account.name}`}>
          {accounts.more}
        </Button>
      </Dropdown>
      {deed.isError && <FaultNotice thrown={deed.error} />}
    </>
  );
}

function possibleFor(account: Account): Doing[] {
  const doings: Doing[] = [];
  if (account.state === "closed") return doings;
  if (isLocked(account, new Date())) doings.push("unlock");
  doings.push(account.state === "suspended" ? "resume" : "suspend", "reset", "close");
  return doings;
}

/** The token of a new invitation where the act gives one; `proposed`: it waits for a second person. */
async function perform(doing: Doing, account: string): Promise<{ token: string } | "proposed" | "done"> {
  const where = { params: { path: { account } } };
  switch (doing) {
    case "suspend":
      await got(api.POST("/v1/accounts/{account}/suspend", where));
      return "done";
    case "resume":
      await got(api.POST("/v1/accounts/{account}/resume", where));
      return "done";
    case "unlock":
      await got(api.POST("/v1/accounts/{account}/unlock", where));
      return "done";
    case "close":
      await got(api.POST("/v1/accounts/{account}/close", where));
      return "done";
    case "reset":
      return (
        (await orPropose(
          () => got(api.POST("/v1/accounts/{account}/reset", where)),
          () => got(api.POST("/v1/account-proposals/reset", { body: { account } })),
        )) ?? "proposed"
      );
  }
}
