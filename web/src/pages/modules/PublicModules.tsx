import { useQuery } from "@tanstack/react-query";
import { Link, Route, Switch } from "wouter";

import { type PublicModule, publicModules } from "../../api/modules";
import { NotFound } from "../../app/NotFound";
import { SignedIn } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import styles from "./modules.module.css";

/** Modules for visitors: what each is, on what basis, how many belong. Lists and evidence ask for a sign-in. */
export function PublicModules() {
  return (
    <Switch>
      <Route path="/modules">
        <All />
      </Route>
      <Route path="/modules/:id">{({ id }) => <One id={id} />}</Route>
      <Route path="/modules/:id/:part">
        <SignedIn>{null}</SignedIn>
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function All() {
  const { modulePages: words } = useWords();
  const { language } = useLanguage();
  const query = useQuery(publicModules);
  const isZh = language === "zh";
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={query}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={words.none}>{words.noneHint}</Empty>
          ) : (
            <ul className={styles["cards"]}>
              {found.map((one) => (
                <li key={one.id}>
                  <h2>
                    <Link href={`/modules/${one.id}`}>{typeset(isZh ? one.name : one.name_en)}</Link>
                  </h2>
                  <p>{typeset(isZh ? one.summary : one.summary_en)}</p>
                  <dl>
                    <div>
                      <dt>{words.degrees.member}</dt>
                      <dd className="num">
                        <Members of={one} />
                      </dd>
                    </div>
                  </dl>
                  {one.province && <p className="quiet">{words.ofProvince}</p>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Bounds />
    </Page>
  );
}

function One({ id }: { id: string }) {
  const { modulePages: words, scorecards } = useWords();
  const { language } = useLanguage();
  const query = useQuery(publicModules);
  const one = query.data?.find((module) => module.id === id);
  const isZh = language === "zh";
  if (query.data !== undefined && one === undefined) return <NotFound />;
  return (
    <Page
      title={one === undefined ? words.title : typeset(isZh ? one.name : one.name_en)}
      lead={one === undefined ? undefined : typeset(isZh ? one.summary : one.summary_en)}
      trail={<Link href="/modules">{`‹ ${words.title}`}</Link>}
    >
      <Loaded query={query}>
        {() =>
          one !== undefined && (
            <Section title={words.what}>
              <Facts
                facts={[
                  [
                    words.degrees.member,
                    <span className="num">
                      <Members of={one} />
                    </span>,
                  ],
                  [
                    scorecards.source,
                    one.province ? words.ofProvince : scorecards.sources[one.source_status],
                  ],
                  [scorecards.basis, one.basis.map(typeset).join(words.semicolon)],
                ]}
              />
            </Section>
          )
        }
      </Loaded>
      <Bounds />
    </Page>
  );
}

function Members({ of }: { of: PublicModule }) {
  const { modulePages: words } = useWords();
  return of.members === null ? words.few : `${count(of.members)} ${words.households}`;
}

/** What being found by a module means, and who sees more. */
function Bounds() {
  const { modulePages: words, shell } = useWords();
  return (
    <p className={styles["bounds"]}>
      {words.bounds} <Link href="/sign-in?next=%2Fmodules">{shell.signIn}</Link>
    </p>
  );
}
