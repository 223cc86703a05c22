import type { Words } from "../words";
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

export const en: Words = {
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
