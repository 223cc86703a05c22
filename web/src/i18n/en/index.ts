import type { Words } from "../words";
import { accounts } from "./accounts";
import { apply } from "./apply";
import { authorisations } from "./authorisations";
import { batchDesk } from "./batchDesk";
import { batchInquiries } from "./batchInquiries";
import { catalogue } from "./catalogue";
import { chart } from "./chart";
import { dataUse } from "./dataUse";
import { deliveries } from "./deliveries";
import { desk } from "./desk";
import { developers } from "./developers";
import { evaluation } from "./evaluation";
import { exporting } from "./exporting";
import { file } from "./file";
import { firm } from "./firm";
import { front } from "./front";
import { grading } from "./grading";
import { health } from "./health";
import { home } from "./home";
import { indicators } from "./indicators";
import { inquiries } from "./inquiries";
import { institution } from "./institution";
import { items } from "./items";
import { jobs } from "./jobs";
import { ledgerLog } from "./ledgerLog";
import { log } from "./log";
import { me } from "./me";
import { members } from "./members";
import { modulePages } from "./modulePages";
import { notices } from "./notices";
import { objectionDesk } from "./objectionDesk";
import { oversight } from "./oversight";
import { papers } from "./papers";
import { permissions } from "./permissions";
import { places } from "./places";
import { portfolio } from "./portfolio";
import { quality } from "./quality";
import { reportDesk } from "./reportDesk";
import { scorecards } from "./scorecards";
import { reportView } from "./reportView";
import { reports } from "./reports";
import { screen } from "./screen";
import { screening } from "./screening";
import { search } from "./search";
import { seen } from "./seen";
import { shell } from "./shell";
import { signIn } from "./signIn";
import { statistics } from "./statistics";
import { subscriptions } from "./subscriptions";
import { systems } from "./systems";
import { tracking } from "./tracking";
import { upload } from "./upload";
import { usage } from "./usage";
import { verify } from "./verify";
import { workbench } from "./workbench";

export const en: Words = {
  accounts,
  apply,
  authorisations,
  batchDesk,
  batchInquiries,
  catalogue,
  chart,
  dataUse,
  deliveries,
  desk,
  developers,
  evaluation,
  exporting,
  file,
  firm,
  front,
  grading,
  health,
  home,
  indicators,
  inquiries,
  institution,
  items,
  jobs,
  ledgerLog,
  log,
  me,
  members,
  modulePages,
  notices,
  objectionDesk,
  oversight,
  papers,
  permissions,
  places,
  portfolio,
  quality,
  reportDesk,
  scorecards,
  reportView,
  reports,
  screen,
  screening,
  search,
  seen,
  shell,
  signIn,
  statistics,
  subscriptions,
  systems,
  tracking,
  upload,
  usage,
  verify,
  workbench,
};
