import {
  ApartmentOutlined,
  ApiOutlined,
  FileSearchOutlined,
  HomeOutlined,
  IdcardOutlined,
  SafetyOutlined,
  SolutionOutlined,
  TeamOutlined,
  UserOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

import type { zh } from "../i18n/zh";
import type { Person } from "./session";

interface Place {
  path: string;
  name: keyof (typeof zh)["places"]["names"];
  icon: ComponentType<{ "aria-hidden"?: "true" }>;
  isFor: (person: Person) => boolean;
}

interface Group {
  group: keyof (typeof zh)["places"]["groups"];
  entries: Place[];
}

const isStaff = (person: Person) => person.member !== null && person.member.kind !== "operator";
const isOperator = (person: Person) => person.member?.kind === "operator";

/** All places of the application, in groups; each says for whom it is. */
export const PLACES: Group[] = [
  {
    group: "start",
    entries: [{ path: "/home", name: "home", icon: HomeOutlined, isFor: () => true }],
  },
  {
    group: "firm",
    entries: [
      {
        path: "/delegates",
        name: "delegates",
        icon: UserSwitchOutlined,
        isFor: (person) => person.subject !== null && person.may("read", "delegation"),
      },
    ],
  },
  {
    group: "member",
    entries: [
      {
        path: "/member",
        name: "member",
        icon: ApartmentOutlined,
        isFor: (person) => isStaff(person) && person.may("read", "member"),
      },
    ],
  },
  {
    group: "operations",
    entries: [
      {
        path: "/onboarding",
        name: "onboarding",
        icon: SolutionOutlined,
        isFor: (person) => !isStaff(person) && person.may("read", "member"),
      },
      {
        path: "/firm-accounts",
        name: "firmAccounts",
        icon: IdcardOutlined,
        isFor: (person) => person.may("read", "firm-account"),
      },
      {
        path: "/accounts",
        name: "accounts",
        icon: TeamOutlined,
        isFor: (person) => isOperator(person) && person.may("read", "account"),
      },
      {
        path: "/systems",
        name: "systems",
        icon: ApiOutlined,
        isFor: (person) => isOperator(person) && person.may("read", "client"),
      },
    ],
  },
  {
    group: "oversight",
    entries: [
      { path: "/permissions", name: "permissions", icon: SafetyOutlined, isFor: () => true },
      {
        path: "/security-log",
        name: "log",
        icon: FileSearchOutlined,
        isFor: (person) => person.may("read", "access-event"),
      },
    ],
  },
  {
    group: "self",
    entries: [{ path: "/me", name: "me", icon: UserOutlined, isFor: () => true }],
  },
];
