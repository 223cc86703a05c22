import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type PortfolioQuery = NonNullable<paths["/v1/portfolio"]["get"]["parameters"]["query"]>;
export const PORTFOLIO_PAGE = 20;

export const readPortfolio = (query: PortfolioQuery) => got(api.GET("/v1/portfolio", { params: { query } }));

export type Portfolio = Awaited<ReturnType<typeof readPortfolio>>;
export type PortfolioRow = Portfolio["rows"][number];
export type PortfolioTotal = Portfolio["totals"][number];

/** The firms that authorised the caller's organisation. Each look is recorded: what was loaded is kept for a while. */
export const portfolioBy = (query: PortfolioQuery) =>
  queryOptions({
    queryKey: ["portfolio", query],
    queryFn: () => readPortfolio({ ...query, page_size: PORTFOLIO_PAGE }),
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  });
