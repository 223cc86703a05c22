import { accounts } from "./accounts";
import { apply } from "./apply";
import { desk } from "./desk";
import { firm } from "./firm";
import { front } from "./front";
import { home } from "./home";
import { log } from "./log";
import { me } from "./me";
import { members } from "./members";
import { notices } from "./notices";
import { permissions } from "./permissions";
import { places } from "./places";
import { shell } from "./shell";
import { signIn } from "./signIn";
import { systems } from "./systems";

/** The original words. Each page's are in a file of their own. */
export const zh = {
  accounts,
  apply,
  desk,
  firm,
  front,
  home,
  log,
  me,
  members,
  notices,
  permissions,
  places,
  shell,
  signIn,
  systems,
};
