import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "wouter";

import { type Definition, definition } from "../../api/definitions";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Loading } from "../../parts/Loading";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { day } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Fields } from "./Fields";
import { Rules } from "./Rules";
import { toneOfAccess } from "./tones";
import { Versions } from "./Versions";
import styles from "./CataloguePage.module.css";

/** One item: what it is, its fields, its checks, its versions. */
export function ItemPage({ item, part }: { item: string; part: string }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const query = useQuery(definition(item));
  if (query.isPending) return <Loading />;
  const found = query.data;
  const levels: Readonly<Record<string, string>> = catalogue.levels;
  const base = `/catalogue/${item}`;
  return (
    <Page
      title={found ? typeset(found.name[language]) : catalogue.number(item)}
      trail={<Link href="/catalogue">{`‹ ${catalogue.back}`}</Link>}
      {...(found && {
        lead: typeset(found.description[language]),
        actions: <State tone={toneOfAccess(found.access)}>{levels[found.access] ?? found.access}</State>,
      })}
    >
      <Loaded query={query}>
        {(one) => (
          <>
            <TabLinks
              label={catalogue.parts}
              here={part === "" ? base : `${base}/${part}`}
              tabs={[
                [base, catalogue.tabs.fields],
                [`${base}/rules`, catalogue.tabs.rules],
                [`${base}/versions`, catalogue.tabs.versions],
              ]}
            />
            {part === "rules" ? (
              <Rules one={one} />
            ) : part === "versions" ? (
              <Versions one={one} />
            ) : (
              <>
                <About one={one} />
                <Fields one={one} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function About({ one }: { one: Definition }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const api = `/v1/catalogue/${one.item}`;
  const cycle = catalogue.cycles[one.update_cycle.every];
  const kept = one.retention.months === null ? catalogue.forever : catalogue.months(one.retention.months);
  const source = one.source_status === "official" ? catalogue.official : catalogue.reconstructed;
  return (
    <>
      <Section title={catalogue.about}>
        <Facts
          facts={[
            [
              catalogue.name,
              <>
                {catalogue.number(one.item)} · <span className="code">{one.slug}</span>
              </>,
            ],
            [catalogue.class, <span className="num">{`${one.class.no} ${one.class[language]}`}</span>],
            [catalogue.provider, typeset(one.provider[language])],
            [
              catalogue.sharing,
              one.sharing_mode.map((mode) => catalogue.modes[mode]).join(language === "zh" ? "、" : ", "),
            ],
            [catalogue.cycle, catalogue.lag(cycle, one.update_cycle.lag_days)],
            [catalogue.retention, `${kept} · ${typeset(one.retention.basis)}`],
            [catalogue.version, `${catalogue.inForceSince(one.version, day(one.in_force.from))} · ${source}`],
            [
              catalogue.key,
              one.natural_key
                .map((name) => one.fields.find((field) => field.name === name)?.[language] ?? name)
                .join(language === "zh" ? "、" : ", "),
            ],
          ]}
        />
        <h3 className={styles["basisHead"]}>{catalogue.basis}</h3>
        <ul className={styles["basis"]}>
          {one.legal_basis.map((law) => (
            <li key={law}>{typeset(law)}</li>
          ))}
        </ul>
      </Section>
      <Section title={catalogue.downloads} note={catalogue.downloadNote}>
        <div className={styles["downloads"]}>
          {(
            [
              [catalogue.xlsx, `${api}/template`],
              [catalogue.csv, `${api}/template?format=csv`],
              [catalogue.schema, `${api}/schema`],
            ] as const
          ).map(([name, href]) => (
            <Button key={href} icon={<DownloadOutlined aria-hidden />} href={href} download>
              {name}
            </Button>
          ))}
        </div>
      </Section>
    </>
  );
}
