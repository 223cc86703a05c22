import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Select, Space } from "antd";
import { useState } from "react";
import { useLocation } from "wouter";

import { runScreening } from "../../api/screenings";
import { usageOf } from "../../api/usage";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { count } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { FactFields } from "./FactFields";
import { criteriaOf, type Filled, limits, type Preset, WITH, WITHOUT } from "./criteria";
import styles from "./screening.module.css";

const SIZES = ["large", "medium", "small", "micro"] as const;

/** What firms are looked for. */
export function CriteriaForm({ initial }: { initial: Filled }) {
  const { screening, search } = useWords();
  const [, go] = useLocation();
  const [filled, setFilled] = useState(initial);
  const set = (changes: Partial<Filled>) => setFilled((before) => ({ ...before, ...changes }));
  const usage = useQuery(usageOf());
  const quota = usage.data?.quotas.find(({ name }) => name === "screenings");
  const run = useDeed({
    act: () => runScreening(criteriaOf(filled)),
    refreshes: [["screenings"], ["usage"]],
    then: ({ id }) => go(`/screening/${id}`),
  });
  const presetsOf = (names: readonly Preset[]) => (
    <Checkbox.Group
      className={styles["presets"] ?? ""}
      value={filled.presets.filter((one) => names.includes(one))}
      options={names.map((one) => ({ value: one, label: screening.presets[one] }))}
      onChange={(chosen) =>
        set({
          presets: [...filled.presets.filter((one) => !names.includes(one)), ...(chosen as Preset[])],
        })
      }
    />
  );
  return (
    <Section title={screening.make} note={screening.makeNote}>
      {run.isError && <FaultNotice thrown={run.error} />}
      <Form layout="vertical" onFinish={() => run.mutate(undefined)}>
        <div className={styles["grid"]}>
          <Form.Item label={screening.divisions} htmlFor="divisions">
            <Select
              id="divisions"
              mode="tags"
              open={false}
              suffixIcon={null}
              tokenSeparators={[",", "，", "、", " "]}
              placeholder={screening.divisionsHint}
              value={filled.divisions}
              onChange={(divisions) => set({ divisions })}
            />
          </Form.Item>
          <Form.Item label={screening.industries} htmlFor="industries">
            <Select
              id="industries"
              mode="tags"
              showSearch={{ optionFilterProp: "label" }}
              placeholder={screening.industriesHint}
              value={filled.industries}
              options={Object.entries(screening.sections).map(([value, label]) => ({
                value,
                label: `${value} ${label}`,
              }))}
              onChange={(industries) => set({ industries })}
            />
          </Form.Item>
          <Form.Item label={screening.sizes}>
            <Checkbox.Group
              aria-label={screening.sizes}
              value={filled.sizes}
              options={SIZES.map((value) => ({ value, label: search.sizes[value] }))}
              onChange={(sizes) => set({ sizes: sizes as string[] })}
            />
          </Form.Item>
          <Form.Item label={screening.established}>
            <Space wrap>
              <Input
                type="date"
                aria-label={screening.from}
                value={filled.from}
                onChange={({ target }) => set({ from: target.value })}
              />
              —
              <Input
                type="date"
                aria-label={screening.to}
                value={filled.to}
                onChange={({ target }) => set({ to: target.value })}
              />
            </Space>
          </Form.Item>
        </div>
        <Form.Item label={screening.record}>{presetsOf(WITHOUT)}</Form.Item>
        <Form.Item label={screening.strength}>{presetsOf(WITH)}</Form.Item>
        <Form.Item label={screening.more}>
          <FactFields facts={filled.facts} onChange={(facts) => set({ facts })} />
        </Form.Item>
        <Space wrap size={[20, 8]}>
          <Button
            type="primary"
            htmlType="submit"
            loading={run.isPending}
            disabled={!limits(filled)}
            title={limits(filled) ? "" : screening.nothing}
          >
            {screening.run}
          </Button>
          <Checkbox checked={filled.isActive} onChange={({ target }) => set({ isActive: target.checked })}>
            {screening.active}
          </Checkbox>
          {quota?.used !== undefined && quota.used !== null && (
            <span className="quiet num">{screening.quota(count(quota.limit - quota.used))}</span>
          )}
        </Space>
      </Form>
    </Section>
  );
}
