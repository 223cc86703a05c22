import { useQuery } from "@tanstack/react-query";

import { type Portfolio, PORTFOLIO_PAGE, portfolioBy, type PortfolioQuery } from "../../api/portfolio";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { useAddress } from "../../parts/address";
import { count } from "../../parts/format";
import { Choices } from "./Choices";
import { Export, Firms } from "./Firms";
import { Totals } from "./Totals";

const NAMES = ["since", "purpose", "model", "grade", "changed", "division"] as const;

/** The firms that authorised an institution: grades now and then, filters, moves, drift. */
export function PortfolioPage() {
  const { portfolio: words } = useWords();
  const { value, page, toPage } = useAddress();
  const filter = Object.fromEntries(
    NAMES.flatMap((name) => (value(name) === "" ? [] : [[name, value(name)]])),
  ) as PortfolioQuery;
  const sort = (value("sort") || "change") as NonNullable<PortfolioQuery["sort"]>;
  const asked: PortfolioQuery = { ...filter, sort };
  const query = useQuery(portfolioBy({ ...asked, page }));
  const isFiltered = NAMES.some((name) => name !== "since" && value(name) !== "");
  return (
    <Page title={words.title} lead={words.lead}>
      <Choices totals={query.data?.totals ?? []} />
      <Loaded query={query}>
        {(found: Portfolio) => (
          <>
            {found.totals.map((total) => (
              <Totals key={total.model} portfolio={found} total={total} />
            ))}
            <Section
              title={words.table}
              note={words.evidence(count(found.leaf))}
              actions={<Export asked={asked} total={found.total} />}
            >
              {found.total === 0 ? (
                isFiltered ? (
                  <Empty title={words.noneChosen}>{words.noneChosenHint}</Empty>
                ) : (
                  <Empty title={words.none}>{words.noneHint}</Empty>
                )
              ) : (
                <>
                  <Firms portfolio={found} />
                  <Pager page={page} pageSize={PORTFOLIO_PAGE} total={found.total} onPage={toPage} />
                </>
              )}
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
