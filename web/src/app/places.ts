import {
  ApartmentOutlined,
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BarChartOutlined,
  BellOutlined,
  BookOutlined,
  CloudUploadOutlined,
  CodeOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  EyeOutlined,
  FileDoneOutlined,
  FileProtectOutlined,
  FileSearchOutlined,
  FileTextOutlined,
  FilterOutlined,
  FundProjectionScreenOutlined,
  HeartOutlined,
  HistoryOutlined,
  HomeOutlined,
  IdcardOutlined,
  InboxOutlined,
  LineChartOutlined,
  NodeIndexOutlined,
  ProfileOutlined,
  ReadOutlined,
  SafetyOutlined,
  SearchOutlined,
  SolutionOutlined,
  TeamOutlined,
  UnorderedListOutlined,
  UserOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

import type { zh } from "../i18n/zh";
import { FIRM_CREDIT, INSTITUTION_CREDIT } from "./creditPlaces";
import { EVALUATION } from "./evaluationPlaces";
import type { Person } from "./session";
import { isInstitution, isOperator, isProvider, isStaff, seesAllBatches, seesAllInquiries } from "./who";

export interface Place {
  path: string;
  name: keyof (typeof zh)["places"]["names"];
  icon: ComponentType<{ "aria-hidden"?: "true" }>;
  isFor: (person: Person) => boolean;
}

interface Group {
  group: keyof (typeof zh)["places"]["groups"];
  entries: Place[];
}

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
        path: "/file",
        name: "file",
        icon: FileTextOutlined,
        isFor: (person) => person.subject !== null && person.may("read", "information"),
      },
      ...FIRM_CREDIT,
      {
        path: "/authorisations",
        name: "authorisations",
        icon: AuditOutlined,
        isFor: (person) => person.subject !== null && person.may("read", "consent"),
      },
      {
        path: "/seen",
        name: "seen",
        icon: EyeOutlined,
        isFor: (person) => person.subject !== null && person.may("read", "inquiry"),
      },
      {
        path: "/delegates",
        name: "delegates",
        icon: UserSwitchOutlined,
        isFor: (person) => person.subject !== null && person.may("read", "delegation"),
      },
    ],
  },
  {
    group: "institution",
    entries: [
      {
        path: "/search",
        name: "search",
        icon: SearchOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "information"),
      },
      ...INSTITUTION_CREDIT,
      {
        path: "/tracking",
        name: "tracking",
        icon: FileDoneOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "consent"),
      },
      {
        path: "/paper-authorisations",
        name: "papers",
        icon: FileProtectOutlined,
        isFor: (person) => isInstitution(person) && person.may("request", "consent"),
      },
      {
        path: "/inquiries",
        name: "inquiries",
        icon: HistoryOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "inquiry"),
      },
      {
        path: "/batches-of-inquiries",
        name: "batchInquiries",
        icon: AppstoreOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "inquiry-batch"),
      },
      {
        path: "/screening",
        name: "screening",
        icon: FilterOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "screening"),
      },
      {
        path: "/subscriptions",
        name: "subscriptions",
        icon: BellOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "subscription"),
      },
      {
        path: "/usage",
        name: "usage",
        icon: DashboardOutlined,
        isFor: (person) => isInstitution(person) && person.may("read", "inquiry"),
      },
      {
        path: "/developers",
        name: "developers",
        icon: CodeOutlined,
        isFor: isInstitution,
      },
    ],
  },
  {
    group: "department",
    entries: [
      {
        path: "/items",
        name: "items",
        icon: ProfileOutlined,
        isFor: (person) => isProvider(person) && person.may("read", "batch"),
      },
      {
        path: "/upload",
        name: "upload",
        icon: CloudUploadOutlined,
        isFor: (person) => isProvider(person) && person.may("create", "batch"),
      },
      {
        path: "/deliveries",
        name: "deliveries",
        icon: InboxOutlined,
        isFor: (person) => isProvider(person) && person.may("read", "batch"),
      },
      {
        path: "/quality",
        name: "quality",
        icon: LineChartOutlined,
        isFor: (person) => isProvider(person) && person.may("read", "batch"),
      },
      {
        path: "/my-data-use",
        name: "dataUse",
        icon: BarChartOutlined,
        isFor: (person) => isProvider(person) && person.may("read", "data-use"),
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
        path: "/batches",
        name: "batches",
        icon: DatabaseOutlined,
        isFor: seesAllBatches,
      },
      {
        path: "/paper-authorisations",
        name: "papers",
        icon: FileProtectOutlined,
        isFor: (person) => person.may("verify-paper", "consent"),
      },
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
  { group: "evaluation", entries: EVALUATION },
  {
    group: "node",
    entries: [
      {
        path: "/health",
        name: "health",
        icon: HeartOutlined,
        isFor: (person) => person.may("read", "health"),
      },
      {
        path: "/jobs",
        name: "jobs",
        icon: UnorderedListOutlined,
        isFor: (person) => person.may("read", "job"),
      },
      { path: "/catalogue", name: "catalogue", icon: BookOutlined, isFor: () => true },
    ],
  },
  {
    group: "oversight",
    entries: [
      {
        path: "/oversight",
        name: "oversight",
        icon: ReadOutlined,
        isFor: seesAllInquiries,
      },
      {
        path: "/ledger",
        name: "ledger",
        icon: NodeIndexOutlined,
        isFor: (person) => person.subject === null && person.may("read", "ledger"),
      },
      {
        path: "/screen",
        name: "screen",
        icon: FundProjectionScreenOutlined,
        isFor: (person) => person.may("watch", "live"),
      },
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
