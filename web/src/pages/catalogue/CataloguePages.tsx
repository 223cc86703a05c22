import { Route, Switch } from "wouter";

import { NotFound } from "../../app/NotFound";
import { CataloguePage } from "./CataloguePage";
import { ItemPage } from "./ItemPage";

/** The catalogue and its items, by their addresses. */
export function CataloguePages() {
  return (
    <Switch>
      <Route path="/catalogue">
        <CataloguePage />
      </Route>
      <Route path="/catalogue/:item/:part?">
        {({ item, part }) => <ItemPage key={item} item={item} part={part ?? ""} />}
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
