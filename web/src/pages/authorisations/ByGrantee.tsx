import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { AFTER_CONSENT_STEP, type Grantee, ownGrantees, revokeAll } from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { count, moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";

/** Each institution: what it holds and how often it has looked; all of it can be withdrawn at once. */
export function ByGrantee() {
  const { authorisations: words, seen } = useWords();
  const query = useQuery(ownGrantees);
  const held = (query.data ?? []).reduce((sum, one) => sum + one.in_force + one.paused, 0);
  return (
    <Section
      title={words.parts.byGrantee}
      note={words.byGranteeNote}
      actions={
        held > 0 && (
          <RevokeAll grantee={null} sure={words.revokeAllSure(count(held))} name={words.revokeAll} />
        )
      }
    >
      <Loaded query={query}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={seen.noReaders}>{seen.noReadersHint}</Empty>
          ) : (
            <GranteeRows grantees={found} />
          )
        }
      </Loaded>
    </Section>
  );
}

function GranteeRows({ grantees }: { grantees: Grantee[] }) {
  const { authorisations: words } = useWords();
  const columns: Column<Grantee>[] = [
    { title: words.grantee, cell: (one) => one.grantee_name, isHead: true },
    {
      title: words.tabs.inForce,
      cell: (one) =>
        one.in_force + one.paused > 0 ? (
          <Link href={`/authorisations?show=in-force&grantee=${one.grantee}`}>{count(one.in_force)}</Link>
        ) : (
          "0"
        ),
      isNumber: true,
    },
    { title: words.paused, cell: (one) => count(one.paused), isNumber: true },
    { title: words.pending, cell: (one) => count(one.pending), isNumber: true },
    { title: words.tabs.ended, cell: (one) => count(one.ended), isNumber: true },
    {
      title: words.inquiries,
      cell: (one) =>
        (one.inquiries ?? 0) > 0 ? (
          <Link href={`/seen?member=${one.grantee}`}>{count(one.inquiries ?? 0)}</Link>
        ) : (
          "0"
        ),
      isNumber: true,
    },
    {
      title: words.lastRead,
      cell: (one) =>
        one.last_read_at === null ? (
          <span className="quiet">{words.neverRead}</span>
        ) : (
          moment(one.last_read_at)
        ),
    },
    {
      title: "",
      isNumber: true,
      cell: (one) =>
        one.in_force + one.paused > 0 && (
          <RevokeAll
            grantee={one.grantee}
            sure={words.revokeOfSure(one.grantee_name, count(one.in_force + one.paused))}
            name={words.revokeOf}
          />
        ),
    },
  ];
  return <Rows label={words.tabs.byGrantee} rows={grantees} columns={columns} keyOf={(one) => one.grantee} />;
}

function RevokeAll({ grantee, sure, name }: { grantee: string | null; sure: string; name: string }) {
  const { authorisations: words } = useWords();
  const person = usePerson();
  const revoke = useDeed({
    act: () => revokeAll(grantee),
    done: ({ revoked }) => words.revokedMany(count(revoked.length)),
    refreshes: AFTER_CONSENT_STEP,
  });
  if (!person.may("revoke", "consent")) return null;
  return (
    <div>
      <ConfirmButton sure={sure} loading={revoke.isPending} onConfirm={() => revoke.mutate(undefined)}>
        {name}
      </ConfirmButton>
      {revoke.isError && <FaultNotice thrown={revoke.error} />}
    </div>
  );
}
