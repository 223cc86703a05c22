import type { Fact, InquiryAnswer } from "../../../api/inquiries";
import { byItem, monthly, monthsBefore, monthsBetween, textOf } from "./facts";

const VAT = "10101";
const PENSION = new Set(["110", "120"]);
const isVat = (fact: Fact) => textOf(fact, "tax_type") === VAT;
const isPension = (fact: Fact) => PENSION.has(textOf(fact, "insurance_type"));
const isSale = (fact: Fact) => textOf(fact, "invoice_direction") === "1";
const isPurchase = (fact: Fact) => textOf(fact, "invoice_direction") === "2";

/** A figure with that of a year before; `change` a share, null where it cannot be told. */
export interface Figure {
  value: number;
  until: string; // month
  change: number | null;
}

export interface Figures {
  grade: { code: string; year: string } | null;
  sales: Figure | null; // of twelve months, 元
  invoiced: Figure | null; // of twelve months, 元
  insured: Figure | null; // persons
  housing: Figure | null; // persons
  power: Figure | null; // of twelve months, kWh
}

/** What an officer compares first; null where nothing is given. */
export function figuresOf(answer: InquiryAnswer): Figures {
  const items = byItem(answer);
  const facts = (item: string) => items.get(item)?.records ?? [];
  return {
    grade: gradeOf(facts("15")),
    sales: ofYear(monthly(facts("17").filter(isVat), "period_to", "sales_revenue")),
    invoiced: ofYear(monthly(facts("18").filter(isSale), "invoice_month", "amount")),
    insured: newest(monthly(facts("19").filter(isPension), "period", "participant_count")),
    housing: newest(monthly(facts("21"), "contribution_month", "contributor_count")),
    power: ofYear(monthly(facts("25"), "stat_month", "quantity")),
  };
}

function gradeOf(facts: readonly Fact[]): Figures["grade"] {
  const sorted = [...facts].sort((a, b) =>
    textOf(b, "evaluation_year").localeCompare(textOf(a, "evaluation_year")),
  );
  const first = sorted[0];
  return first === undefined
    ? null
    : { code: textOf(first, "tax_credit_grade"), year: textOf(first, "evaluation_year") };
}

/** The sum of the last twelve months, and how it differs from that of the twelve before where they are known. */
function ofYear(sums: ReadonlyMap<string, number>): Figure | null {
  const last = [...sums.keys()].sort().at(-1);
  if (last === undefined) return null;
  const [year, before] = [monthsBefore(last, 11), monthsBefore(last, 23)];
  let [value, earlier, known] = [0, 0, false];
  for (const [month, amount] of sums) {
    if (month >= year) value += amount;
    else if (month >= before) earlier += amount;
    if (month <= before) known = true;
  }
  return { value, until: last, change: known && earlier > 0 ? value / earlier - 1 : null };
}

/** The value of the last month, and of the same month a year before. */
function newest(sums: ReadonlyMap<string, number>): Figure | null {
  const last = [...sums.keys()].sort().at(-1);
  if (last === undefined) return null;
  const value = sums.get(last) ?? 0;
  const earlier = sums.get(monthsBefore(last, 12)) ?? 0;
  return { value, until: last, change: earlier > 0 ? value / earlier - 1 : null };
}

export type CourseName =
  "tax" | "sales" | "invoices" | "insured" | "insurance" | "housing" | "power" | "water" | "gas" | "trade";

export interface Course {
  name: CourseName;
  item: string;
  isMoney: boolean;
  labels: string[];
  series: { name: string; values: (number | null)[] }[];
}

interface Plan {
  name: CourseName;
  item: string;
  month: string;
  isMoney: boolean;
  times?: number; // to yuan
  lines: { name: string; field: string; of?: (fact: Fact) => boolean }[];
}

const PLANS: readonly Plan[] = [
  {
    name: "sales",
    item: "17",
    month: "period_to",
    isMoney: true,
    lines: [{ name: "declared", field: "sales_revenue", of: isVat }],
  },
  {
    name: "invoices",
    item: "18",
    month: "invoice_month",
    isMoney: true,
    lines: [
      { name: "out", field: "amount", of: isSale },
      { name: "in", field: "amount", of: isPurchase },
    ],
  },
  {
    name: "tax",
    item: "17",
    month: "period_to",
    isMoney: true,
    lines: [
      { name: "vat", field: "paid_amount", of: isVat },
      { name: "otherTax", field: "paid_amount", of: (fact) => !isVat(fact) },
    ],
  },
  {
    name: "insured",
    item: "19",
    month: "period",
    isMoney: false,
    lines: [{ name: "insured", field: "participant_count", of: isPension }],
  },
  {
    name: "insurance",
    item: "19",
    month: "period",
    isMoney: true,
    lines: [
      { name: "payable", field: "payable" },
      { name: "paid", field: "paid_amount" },
    ],
  },
  {
    name: "housing",
    item: "21",
    month: "contribution_month",
    isMoney: true,
    lines: [
      { name: "payable", field: "payable" },
      { name: "paid", field: "paid_amount" },
    ],
  },
  {
    name: "power",
    item: "25",
    month: "stat_month",
    isMoney: false,
    lines: [{ name: "power", field: "quantity" }],
  },
  {
    name: "water",
    item: "24",
    month: "stat_month",
    isMoney: false,
    lines: [{ name: "water", field: "quantity" }],
  },
  {
    name: "gas",
    item: "26",
    month: "stat_month",
    isMoney: false,
    lines: [{ name: "gas", field: "quantity" }],
  },
  {
    name: "trade",
    item: "23",
    month: "stat_month",
    isMoney: true,
    times: 10_000,
    lines: [
      { name: "export", field: "export_amount" },
      { name: "import", field: "import_amount" },
    ],
  },
];

/** Courses of time that the answer has figures for; months without a figure are gaps. */
export function coursesOf(answer: InquiryAnswer): Course[] {
  const items = byItem(answer);
  const found: Course[] = [];
  for (const { name, item, month, isMoney, times = 1, lines } of PLANS) {
    const facts = items.get(item)?.records ?? [];
    const sums = lines.map(({ name: line, field, of }) => ({
      line,
      sums: monthly(of === undefined ? facts : facts.filter(of), month, field),
    }));
    const filled = sums.filter((one) => one.sums.size > 0);
    const labels = monthsBetween(filled.flatMap((one) => [...one.sums.keys()]));
    if (labels.length < 2) continue;
    const series = filled.map(({ line, sums: by }) => ({
      name: line,
      values: labels.map((label) => {
        const value = by.get(label);
        return value === undefined ? null : value * times;
      }),
    }));
    found.push({ name, item, isMoney, labels, series });
  }
  return found;
}
