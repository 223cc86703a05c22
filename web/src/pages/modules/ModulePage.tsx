import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { moduleOf } from "../../api/modules";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { TabLinks } from "../../parts/TabLinks";
import { typeset } from "../../parts/typeset";
import { AboutPart } from "./AboutPart";
import { CirclesPart } from "./CirclesPart";
import { FiguresPart } from "./FiguresPart";
import { ListPart } from "./ListPart";

/** One module, as it declares its page: what it is, its figures, its list, circles where it has any. */
export function ModulePage({ id, part }: { id: string; part: string | undefined }) {
  const { modulePages: words } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const query = useQuery(moduleOf(id));
  const module = query.data;
  const page = module?.definition.page;
  const mayList = person.may("list", "module");
  const parts = [
    "about",
    ...(mayList ? ["figures", "list"] : []),
    ...(mayList && module?.circles ? ["circles"] : []),
  ] as (keyof typeof words.tabs)[];
  const here = parts.find((one) => one === part) ?? "about";
  const address = (one: string) => (one === "about" ? `/modules/${id}` : `/modules/${id}/${one}`);
  return (
    <Page
      title={page === undefined ? words.title : typeset(page.title[language])}
      lead={page === undefined ? undefined : typeset(page.intro[language])}
      trail={<Link href="/modules">{words.title}</Link>}
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <TabLinks
              label={words.parts}
              here={address(here)}
              tabs={parts.map((one): [string, string] => [address(one), words.tabs[one]])}
            />
            {here === "about" && <AboutPart module={found} />}
            {here === "figures" && <FiguresPart module={found} />}
            {here === "list" && <ListPart module={found} />}
            {here === "circles" && <CirclesPart module={found} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
