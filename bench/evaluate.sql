-- All indicators written by hand for DuckDB, the limit of `bench/evaluate.py`. $day, $m (last complete month), $y (last
-- complete year) are put in. Tables: subjects, fact_<slug>.
with
i1 as (
    select subject_id,
        date_part('year', age($day, min(established_date) filter (established_date <= $day))) * 12
            + date_part('month', age($day, min(established_date) filter (established_date <= $day))) as months_since_established,
        date_part('year', age($day, max(changed_date) filter (changed_date <= $day))) * 12
            + date_part('month', age($day, max(changed_date) filter (changed_date <= $day))) as months_since_changed,
        count(*) filter (changed_date > $day - interval 12 month and changed_date <= $day) > 0 as changed_12m,
        max(registered_capital) filter (capital_currency = 'CNY')::double as registered_capital,
        count(*) filter (registration_status = '1') > 0 as in_business,
        count(*) filter (registration_status in ('2', '5')) > 0 as revoked,
        count(*) filter (registration_status in ('3', '5')) > 0 as cancelled,
        count(*) filter (registration_status = '7') > 0 as suspended_business,
        count(*) filter (registration_status in ('6', '8')) > 0 as ordered_closed
    from fact_registration group by subject_id
),
i2 as (
    select subject_id,
        count(*) filter (v) as shareholder_count,
        count(*) filter (v and shareholder_kind in ('2', '3')) as corporate_shareholder_count,
        count(*) filter (v and shareholder_kind in ('4', '6')) > 0 as public_shareholder,
        sum(subscribed_amount) filter (v and capital_currency = 'CNY')::double as subscribed_capital,
        sum(paid_in_amount) filter (v and capital_currency = 'CNY')::double as paid_in_capital,
        count(*) filter (entered_date > $day - interval 12 month and entered_date <= $day) as shareholders_entered_12m,
        count(*) filter (exited_date > $day - interval 12 month and exited_date <= $day) as shareholders_exited_12m
    from (select *, coalesce(entered_date <= $day, true) and coalesce(exited_date >= $day, true) as v from fact_shareholders)
    group by subject_id
),
c2 as (
    select subject_id, case when sum(s) > 0 then max(s)::double / sum(s)::double end as largest_shareholder_share
    from (select subject_id, sum(subscribed_amount) as s from fact_shareholders
          where coalesce(entered_date <= $day, true) and coalesce(exited_date >= $day, true)
            and subscribed_amount is not null and shareholder_name is not null
          group by subject_id, shareholder_name)
    group by subject_id
),
y3 as (
    select subject_id, report_year as y, sum(employees)::bigint as employees, sum(insured_persons)::bigint as insured_persons,
        sum(total_assets)::double as total_assets, sum(total_liabilities)::double as total_liabilities,
        sum(owners_equity)::double as owners_equity, sum(revenue)::double as revenue, sum(total_profit)::double as total_profit,
        sum(net_profit)::double as net_profit, sum(total_tax)::double as total_tax,
        count(*) filter (is_late) as late, count(*) filter (has_guarantee) as guarantees
    from fact_annual_report where report_year <= $y group by subject_id, report_year
),
i3 as (
    select subject_id,
        count(y) filter (y > $y - 3) as annual_reports_36m,
        coalesce(sum(late) filter (y > $y - 3), 0) as late_reports_36m,
        arg_max(employees, y) as report_employees, arg_max(insured_persons, y) as report_insured_persons,
        arg_max(total_assets, y) as report_total_assets, arg_max(total_liabilities, y) as report_total_liabilities,
        arg_max(owners_equity, y) as report_owners_equity, arg_max(revenue, y) as report_revenue,
        arg_max(total_profit, y) as report_total_profit, arg_max(net_profit, y) as report_net_profit,
        arg_max(total_tax, y) as report_total_tax,
        coalesce(sum(guarantees) filter (y = $y), 0) > 0 as external_guarantee,
        arg_max(revenue, y, 2) as r, arg_max(y, y, 2) filter (revenue is not null) as ry,
        arg_max(total_assets, y, 2) as a, arg_max(y, y, 2) filter (total_assets is not null) as ay,
        arg_max(net_profit, y, 2) as p, arg_max(y, y, 2) filter (net_profit is not null) as py,
        arg_max(employees, y, 2) as e, arg_max(y, y, 2) filter (employees is not null) as ey
    from y3 group by subject_id
),
i4 as (
    select subject_id,
        count(*) filter (v) as principal_count,
        count(*) filter (role in ('01', '02', '03') and leave_date > $day - interval 36 month and leave_date <= $day)
            as legal_person_changes_36m,
        count(*) filter (role <> '51' and leave_date > $day - interval 12 month and leave_date <= $day) as executives_left_12m,
        date_part('year', age($day, max(appointed_date) filter (v and role in ('01', '02', '03', '04') and appointed_date <= $day))) * 12
            + date_part('month', age($day, max(appointed_date) filter (v and role in ('01', '02', '03', '04') and appointed_date <= $day)))
            as legal_person_months
    from (select *, coalesce(appointed_date <= $day, true) and coalesce(leave_date >= $day, true) as v from fact_principal_persons)
    group by subject_id
),
i5 as (
    select subject_id,
        count(*) filter (v and certificate_status = '1') as valid_qualifications,
        count(*) filter (v and certificate_status = '1' and qualification_grade in ('0', '1')) > 0 as high_grade_qualification,
        count(*) filter (certificate_status in ('3', '5') and status_date > $day - interval 36 month and status_date <= $day)
            as qualifications_revoked_36m,
        count(*) filter (issue_date > $day - interval 36 month and issue_date <= $day) as qualifications_issued_36m
    from (select *, coalesce(issue_date <= $day, true) and coalesce(valid_to >= $day, true) as v from fact_qualification)
    group by subject_id
),
i6 as (
    select subject_id,
        count(*) filter (v and certificate_status = '1') as valid_certificates,
        count(*) filter (v and certificate_status = '1' and certification_kind = '3') as management_certificates,
        count(*) filter (certificate_status in ('2', '3') and status_date > $day - interval 36 month and status_date <= $day)
            as certificates_revoked_36m
    from (select *, coalesce(issue_date <= $day, true) and coalesce(valid_to >= $day, true) as v from fact_certification)
    group by subject_id
),
i7 as (
    select subject_id,
        count(*) filter (v and permit_status = '1') as valid_permits,
        count(*) filter (decision_date > $day - interval 36 month and decision_date <= $day) as permits_granted_36m,
        count(distinct authority_uscc) filter (v and permit_status = '1') as permit_authorities
    from (select *, coalesce(valid_from <= $day, true) and coalesce(valid_to >= $day, true) as v from fact_permit)
    group by subject_id
),
i8 as (
    select subject_id,
        count(*) filter (decision_date > $day - interval 12 month and decision_date <= $day) as penalties_12m,
        count(*) filter (decision_date > $day - interval 36 month and decision_date <= $day) as penalties_36m,
        count(*) as penalties_published,
        sum(fine_amount) filter (decision_date > $day - interval 36 month and decision_date <= $day)::double as fines_36m,
        max(fine_amount) filter (decision_date > $day - interval 36 month and decision_date <= $day)::double as largest_fine_36m,
        sum(confiscated_amount) filter (decision_date > $day - interval 36 month and decision_date <= $day)::double as confiscated_36m,
        count(*) filter (penalty_type in ('33', '42', '43')) as serious_penalties,
        count(*) filter (severity = '3') as severe_penalties,
        $day - max(decision_date) filter (decision_date <= $day) as days_since_penalty,
        count(distinct authority_uscc) as penalty_authorities
    from fact_penalty
    where decision_status in ('1', '2') and coalesce(decision_date <= $day, true) and coalesce(publicity_to_date >= $day, true)
    group by subject_id
),
i9 as (
    select subject_id,
        count(*) filter (act_type = '2' and w24) as inspections_24m,
        count(*) filter (act_type = '2' and w24 and inspection_result in ('1', '2')) as inspections_passed_24m,
        count(*) filter (act_type = '2' and w24 and inspection_result in ('3', '4', '5')) as inspection_problems_24m,
        count(*) filter (act_type = '2' and w24 and inspection_result = '6') > 0 as not_found_at_address,
        count(*) filter (act_type = '1' and act_status = '1') as compulsory_measures,
        count(*) filter (act_type = '5' and act_status = '1' and decision_date > $day - interval 36 month and decision_date <= $day)
            as awards_36m,
        count(*) filter (act_type = '5' and act_status = '1' and award_level in ('1', '2')
            and decision_date > $day - interval 60 month and decision_date <= $day) > 0 as high_award_60m
    from (select *, decision_date > $day - interval 24 month and decision_date <= $day as w24 from fact_other_administrative_act)
    group by subject_id
),
i10 as (
    select subject_id, count(*) filter (removed_date is null) > 0 as dishonest_debtor, count(*) as dishonest_debtor_cases,
        count(*) filter (dishonest_circumstance = '1') > 0 as dishonest_debtor_refuses
    from fact_dishonest_judgment_debtor
    where coalesce(publication_date <= $day, true) and coalesce(removed_date >= $day, true) group by subject_id
),
i11 as (
    select subject_id,
        count(*) filter (v and info_type = '1') as enforcement_cases,
        sum(target_amount) filter (v and info_type = '1')::double as enforcement_amount,
        sum(unperformed_amount) filter (v and info_type = '1')::double as unperformed_amount,
        count(*) filter (v and info_type = '2') > 0 as consumption_restricted,
        count(*) filter (v and info_type = '1' and applicant_kind = '3') > 0 as enforcement_by_bank,
        count(*) filter (info_type = '1' and filed_date > $day - interval 24 month and filed_date <= $day) as enforcement_filed_24m
    from (select *, closed_date is null and coalesce(publication_date <= $day, true) as v from fact_enforcement)
    group by subject_id
),
i12 as (
    select subject_id,
        count(*) filter (info_type = '1' and d and filed_date > $day - interval 24 month and filed_date <= $day) as defendant_filed_24m,
        count(*) filter (info_type = '1' and litigation_role = '1' and filed_date > $day - interval 24 month and filed_date <= $day)
            as plaintiff_filed_24m,
        count(*) filter (info_type = '2' and d and outcome in ('2', '3') and decision_date > $day - interval 36 month
            and decision_date <= $day) as judgments_lost_36m,
        sum(liability_amount) filter (info_type = '2' and d and decision_date > $day - interval 36 month and decision_date <= $day)::double
            as liability_36m,
        count(*) filter (case_kind = '2' and outcome = '8' and decision_date > $day - interval 60 month and decision_date <= $day) > 0
            as criminal_conviction,
        count(*) filter (info_type = '3' and bankruptcy_stage in ('2', '4', '5', '6') and closed_date is null) > 0 as in_bankruptcy,
        count(*) filter (case_kind = '7' and d and filed_date > $day - interval 36 month and filed_date <= $day) as ip_disputes_36m
    from (select *, litigation_role in ('2', '5', '9', '10') as d from fact_litigation)
    group by subject_id
),
i13 as (
    select subject_id, true as seriously_dishonest, count(distinct list_kind) as serious_lists,
        count(*) filter (list_kind = '02') > 0 as wage_arrears_listed, count(*) filter (list_kind = '03') > 0 as tax_dishonesty_listed,
        $day - min(listed_date) filter (listed_date <= $day) as days_seriously_listed
    from fact_serious_dishonesty
    where list_status = '1' and coalesce(listed_date <= $day, true) and coalesce(removed_date >= $day, true) group by subject_id
),
i14 as (
    select subject_id, true as abnormal_operation, count(*) as abnormal_entries,
        count(*) filter (listed_reason = '1') > 0 as abnormal_no_report, count(*) filter (listed_reason = '4') > 0 as abnormal_no_contact,
        count(*) filter (listed_reason = '3') > 0 as abnormal_fraud,
        $day - min(listed_date) filter (listed_date <= $day) as days_abnormal
    from fact_abnormal_operation
    where list_status = '1' and coalesce(listed_date <= $day, true) and coalesce(removed_date >= $day, true) group by subject_id
),
i15 as (
    select subject_id, arg_max(g, y) as tax_credit_grade, sum(a) filter (y > $y - 5) as tax_grade_a_years_60m,
        sum(cd) filter (y > $y - 3) as tax_grade_cd_years_36m, count(*) filter (y > $y - 5) as tax_evaluations_60m
    from (select subject_id, evaluation_year as y, max(tax_credit_grade) as g, count(*) filter (tax_credit_grade = 'A') as a,
              count(*) filter (tax_credit_grade in ('C', 'D')) as cd
          from fact_tax_credit_grade where evaluation_year <= $y group by subject_id, evaluation_year)
    group by subject_id
),
i16 as (
    select subject_id,
        count(*) filter (v and info_type = '1') > 0 as tax_arrears,
        sum(overdue_balance) filter (v and info_type = '1')::double as tax_arrears_balance,
        count(distinct tax_type) filter (v and info_type = '1') as tax_arrears_kinds,
        count(*) filter (v and info_type = '2') > 0 as irregular_taxpayer,
        count(*) filter (v and info_type = '3') > 0 as major_tax_violation,
        count(*) filter (info_type = '1' and publication_date > $day - interval 24 month and publication_date <= $day)
            as tax_arrears_notices_24m
    from (select *, ended_date is null and coalesce(publication_date <= $day, true) as v from fact_tax_arrears)
    group by subject_id
),
i17 as (
    select subject_id,
        sum(paid_amount) filter (period_to > $day - interval 6 month)::double as tax_paid_6m,
        sum(paid_amount) filter (w)::double as tax_paid_12m,
        sum(sales_revenue) filter (w and tax_type = '10101')::double as vat_sales_12m,
        sum(paid_amount) filter (w and tax_type = '10101')::double as vat_paid_12m,
        sum(paid_amount) filter (tax_type = '10104')::double as income_tax_paid_24m,
        count(*) filter (w and declaration_status in ('2', '4')) as late_declarations_12m,
        count(*) filter (w) as declarations_12m,
        sum(surcharge) filter (w)::double as surcharge_12m, sum(tax_reduced) filter (w)::double as tax_reduced_12m
    from (select *, period_to > $day - interval 12 month as w from fact_tax_declaration
          where period_to > $day - interval 24 month and period_to <= $day)
    group by subject_id
),
c17 as (
    select subject_id, case when sum(s) > 0 then max(s)::double / sum(s)::double end as tax_kind_concentration
    from (select subject_id, sum(paid_amount) as s from fact_tax_declaration
          where period_to > $day - interval 12 month and period_to <= $day and paid_amount is not null and tax_type is not null
          group by subject_id, tax_type)
    group by subject_id
),
m18 as (
    select subject_id, invoice_month as m,
        sum(amount) filter (invoice_direction = '1') as s, sum(amount) filter (invoice_direction = '2') as p,
        count(*) filter (invoice_direction = '1' and amount > 0) > 0 as sold,
        sum(top1_share) filter (invoice_direction = '1' and invoice_kind = '99') as top,
        max(top1_share) filter (invoice_direction = '1') as tops, max(top1_share) filter (invoice_direction = '2') as topp,
        sum(counterparty_count) filter (invoice_direction = '1') as customers,
        sum(red_amount) filter (invoice_direction = '1') as red, sum(invoice_count) filter (invoice_direction = '1') as issued,
        sum(void_count) filter (invoice_direction = '1') as voided
    from fact_invoice_summary where invoice_month <= $m group by subject_id, invoice_month
),
i18 as (
    select subject_id,
        sum(s) filter (m > $m - 3)::double as sales_3m, sum(s) filter (m > $m - 6)::double as sales_6m,
        sum(s) filter (m > $m - 12)::double as sales_12m, sum(p) filter (m > $m - 12)::double as purchases_12m,
        sum(s) filter (m between $m - 3 and $m - 1)::double as n3, sum(s) filter (m between $m - 15 and $m - 13)::double as b3,
        sum(s) filter (m between $m - 6 and $m - 1)::double as n6, sum(s) filter (m between $m - 18 and $m - 13)::double as b6,
        sum(s) filter (m between $m - 12 and $m - 1)::double as n12, sum(s) filter (m between $m - 24 and $m - 13)::double as b12,
        sum(s) filter (m between $m - 6 and $m - 4)::double as bp,
        count(s) filter (m between $m - 3 and $m - 1 or m between $m - 15 and $m - 13) as c3,
        count(s) filter (m between $m - 6 and $m - 1 or m between $m - 18 and $m - 13) as c6,
        count(s) filter (m between $m - 24 and $m - 1) as c12, count(s) filter (m between $m - 6 and $m - 1) as cp,
        bit_or(1::bigint << greatest($m - 1 - m, 0)) filter (sold and m between $m - 24 and $m - 1) as bits,
        arg_max(top, m)::double as largest_customer_share,
        max(tops) filter (m > $m - 12)::double as largest_customer_share_max,
        max(topp) filter (m > $m - 12)::double as largest_supplier_share_max,
        arg_max(customers, m)::bigint as customer_count,
        sum(red) filter (m > $m - 12)::double as red_invoice_amount_12m, sum(issued) filter (m > $m - 12)::bigint as invoices_issued_12m,
        sum(voided) filter (m > $m - 12)::bigint as invoices_void_12m
    from m18 group by subject_id
),
m19 as (
    select subject_id, period as m,
        sum(participant_count) filter (insurance_type = '110' and levy_type = '1') as n,
        count(*) filter (insurance_type = '110' and payment_status in ('1', '4')) > 0 as ok,
        count(*) filter (payment_status in ('2', '3')) > 0 as unpaid,
        sum(paid_amount) filter (levy_type <> '3') as paid
    from fact_social_insurance_payment where period <= $m group by subject_id, period
),
i19 as (
    select subject_id, arg_max(n, m)::bigint as insured_latest,
        sum(n) filter (m between $m - 3 and $m - 1)::double as n3, sum(n) filter (m between $m - 15 and $m - 13)::double as b3,
        count(n) filter (m between $m - 3 and $m - 1 or m between $m - 15 and $m - 13) as c3,
        bit_or(1::bigint << greatest($m - 1 - m, 0)) filter (ok and m between $m - 24 and $m - 1) as bits,
        count(*) filter (unpaid and m > $m - 12) as insurance_unpaid_months_12m,
        sum(paid) filter (m > $m - 12)::double as insurance_paid_12m
    from m19 group by subject_id
),
i20 as (
    select subject_id, true as insurance_arrears, sum(arrears_amount)::double as insurance_arrears_amount,
        max(arrears_months) as insurance_arrears_months
    from fact_social_insurance_arrears where arrears_status in ('1', '3') and cleared_date is null group by subject_id
),
m21 as (
    select subject_id, contribution_month as m, sum(contributor_count) as n, bool_or(paid_amount > 0) as ok, sum(paid_amount) as paid,
        sum(arrears_amount) as arrears
    from fact_housing_fund where contribution_month <= $m group by subject_id, contribution_month
),
i21 as (
    select subject_id, arg_max(n, m)::bigint as fund_contributors,
        bit_or(1::bigint << greatest($m - 1 - m, 0)) filter (ok and m between $m - 24 and $m - 1) as bits,
        sum(paid) filter (m > $m - 12)::double as fund_paid_12m, arg_max(arrears, m)::double as fund_arrears_latest
    from m21 group by subject_id
),
i22 as (
    select subject_id, true as customs_registered, count(*) filter (credit_level = '1') > 0 as customs_aeo,
        count(*) filter (credit_level = '3') > 0 as customs_dishonest
    from fact_customs_registration
    where customs_status = '1' and coalesce(record_date <= $day, true) and coalesce(record_valid_to >= $day, true) group by subject_id
),
m23 as (
    select subject_id, stat_month as m, sum(export_amount) filter (source = 'customs') as x,
        sum(import_amount) filter (source = 'customs') as i, sum(rebate_paid) filter (source = 'tax') as r
    from fact_trade_and_rebate where stat_month <= $m group by subject_id, stat_month
),
i23 as (
    select subject_id, sum(x) filter (m > $m - 12)::double as exports_12m, sum(i) filter (m > $m - 12)::double as imports_12m,
        sum(x) filter (m between $m - 6 and $m - 1)::double as n6, sum(x) filter (m between $m - 18 and $m - 13)::double as b6,
        count(x) filter (m between $m - 6 and $m - 1 or m between $m - 18 and $m - 13) as c6,
        sum(r) filter (m > $m - 12)::double as rebates_12m
    from m23 group by subject_id
),
m24 as (
    select subject_id, stat_month as m, sum(quantity) as q, bool_or(quantity > 0) as used, sum(arrears_amount) as arrears,
        bool_or(arrears_periods > 0) as overdue
    from fact_water_payment where stat_month <= $m group by subject_id, stat_month
),
i24 as (
    select subject_id, sum(q) filter (m > $m - 12)::double as water_use_12m,
        sum(q) filter (m between $m - 3 and $m - 1)::double as n3, sum(q) filter (m between $m - 15 and $m - 13)::double as b3,
        count(q) filter (m between $m - 3 and $m - 1 or m between $m - 15 and $m - 13) as c3,
        bit_or(1::bigint << greatest($m - 1 - m, 0)) filter (used and m between $m - 24 and $m - 1) as bits,
        arg_max(arrears, m)::double as water_arrears_latest, count(*) filter (overdue and m > $m - 12) as water_overdue_months_12m
    from m24 group by subject_id
),
m25 as (
    select subject_id, stat_month as m, sum(quantity) as q, bool_or(quantity > 0) as used, sum(arrears_amount) as arrears,
        bool_or(arrears_periods > 0) as overdue, bool_or(breach_kind in ('1', '2')) as breach, bool_or(account_status = '2') as stopped
    from fact_electricity_payment where stat_month <= $m group by subject_id, stat_month
),
i25 as (
    select subject_id, sum(q) filter (m > $m - 12)::double as power_use_12m,
        sum(q) filter (m between $m - 3 and $m - 1)::double as n3, sum(q) filter (m between $m - 15 and $m - 13)::double as b3,
        count(q) filter (m between $m - 3 and $m - 1 or m between $m - 15 and $m - 13) as c3,
        sum(q) filter (m between $m - 12 and $m - 1)::double as n12, sum(q) filter (m between $m - 24 and $m - 13)::double as b12,
        count(q) filter (m between $m - 24 and $m - 1) as c12,
        bit_or(1::bigint << greatest($m - 1 - m, 0)) filter (used and m between $m - 24 and $m - 1) as bits,
        arg_max(arrears, m)::double as power_arrears_latest, count(*) filter (overdue and m > $m - 12) as power_overdue_months_12m,
        count(*) filter (breach and m > $m - 24) > 0 as power_breach_24m, count(*) filter (stopped and m > $m - 12) > 0 as power_suspended_12m
    from m25 group by subject_id
),
m26 as (
    select subject_id, stat_month as m, sum(quantity) as q, bool_or(quantity > 0) as used, sum(arrears_amount) as arrears,
        bool_or(arrears_periods > 0) as overdue
    from fact_gas_payment where stat_month <= $m group by subject_id, stat_month
),
i26 as (
    select subject_id, sum(q) filter (m > $m - 12)::double as gas_use_12m,
        sum(q) filter (m between $m - 3 and $m - 1)::double as n3, sum(q) filter (m between $m - 15 and $m - 13)::double as b3,
        count(q) filter (m between $m - 3 and $m - 1 or m between $m - 15 and $m - 13) as c3,
        bit_or(1::bigint << greatest($m - 1 - m, 0)) filter (used and m between $m - 24 and $m - 1) as bits,
        arg_max(arrears, m)::double as gas_arrears_latest, count(*) filter (overdue and m > $m - 12) as gas_overdue_months_12m
    from m26 group by subject_id
),
i27 as (
    select subject_id, count(*) as real_estate_units, sum(building_area)::double as building_area from fact_real_estate_right
    where right_status = '1' and coalesce(registered_date <= $day, true) and coalesce(ended_date >= $day, true) group by subject_id
),
v28 as (
    select * from fact_real_estate_encumbrance
    where encumbrance_status = '1' and coalesce(registered_date <= $day, true) and coalesce(released_date >= $day, true)
),
i28 as (
    select subject_id, count(*) filter (record_type = '1') as mortgages, sum(secured_amount) filter (record_type = '1')::double as mortgage_amount,
        count(*) filter (record_type = '2') as seizures
    from v28 group by subject_id
),
c28 as (
    select subject_id, case when sum(s) > 0 then max(s)::double / sum(s)::double end as mortgagee_concentration
    from (select subject_id, sum(secured_amount) as s from v28
          where record_type = '1' and secured_amount is not null and mortgagee is not null group by subject_id, mortgagee)
    group by subject_id
),
i29 as (
    select subject_id, count(*) filter (v) as movable_securities, sum(secured_amount) filter (v)::double as movable_secured_amount,
        count(*) filter (v and security_kind = '03') > 0 as equity_pledged,
        count(*) filter (registered_date > $day - interval 12 month and registered_date <= $day) as securities_registered_12m
    from (select *, security_status = '1' and coalesce(registered_date <= $day, true) and coalesce(cancelled_date >= $day, true) as v
          from fact_movable_security)
    group by subject_id
),
c29 as (
    select subject_id, case when sum(s) > 0 then max(s)::double / sum(s)::double end as secured_party_concentration
    from (select subject_id, sum(secured_amount) as s from fact_movable_security
          where security_status = '1' and coalesce(registered_date <= $day, true) and coalesce(cancelled_date >= $day, true)
            and secured_amount is not null and secured_party is not null
          group by subject_id, secured_party)
    group by subject_id
),
i30 as (
    select subject_id,
        count(*) filter (v and holder_part = '2') as valid_patents,
        count(*) filter (v and holder_part = '2' and patent_type = '1') as valid_inventions,
        count(*) filter (v and invention_high_value) as high_value_inventions,
        count(*) filter (application_date > $day - interval 36 month and application_date <= $day) as patents_applied_36m,
        count(*) filter (legal_status = '4' and status_date > $day - interval 36 month and status_date <= $day) as patents_lapsed_36m,
        date_part('year', age($day, max(grant_date) filter (grant_date <= $day))) * 12
            + date_part('month', age($day, max(grant_date) filter (grant_date <= $day))) as months_since_patent
    from (select *, legal_status in ('2', '8') and coalesce(grant_date <= $day, true) and coalesce(ended_date >= $day, true) as v from fact_patent)
    group by subject_id
),
i31 as (
    select subject_id,
        count(*) filter (right_kind = '1' and legal_status = '1' and v) as valid_trademarks,
        count(*) filter (right_kind = '3' and legal_status = '1' and v) as software_copyrights,
        count(*) filter (well_known) > 0 as well_known_mark
    from (select *, coalesce(registered_date <= $day, true) and coalesce(valid_to >= $day, true) as v from fact_trademark_copyright)
    group by subject_id
),
i32 as (
    select subject_id, count(*) as ip_pledges, sum(secured_amount)::double as ip_pledge_amount from fact_ip_pledge
    where security_status = '1' and coalesce(registered_date <= $day, true) and coalesce(cancelled_date >= $day, true) group by subject_id
),
i33 as (
    select subject_id,
        count(*) filter (v and recognition_type = '01') > 0 as high_tech_enterprise,
        count(*) filter (v and recognition_type = '02') > 0 as tech_small_firm,
        count(*) filter (v and recognition_type in ('04', '05')) > 0 as specialised_firm,
        count(*) filter (v) as recognitions,
        count(*) filter (certificate_status in ('3', '4', '5') and cancelled_date > $day - interval 36 month and cancelled_date <= $day)
            as recognitions_lost_36m
    from (select *, certificate_status = '1' and coalesce(valid_from <= $day, true) and coalesce(valid_to >= $day, true) as v
          from fact_tech_recognition)
    group by subject_id
),
i34 as (
    select subject_id, arg_max(x, y)::double as rd_expense, arg_max(r, y)::double as rd_revenue,
        arg_max(x::double, y, 2) as xs, arg_max(y, y, 2) filter (x is not null) as ys
    from (select subject_id, stat_year as y, sum(rd_expense) as x, sum(revenue) as r
          from fact_rd_input where record_kind = '1' and stat_year <= $y group by subject_id, stat_year)
    group by subject_id
),
i35 as (
    select subject_id, arg_max(l, y) as environmental_level, bool_or(bad) as environment_bad
    from (select subject_id, evaluation_year as y, max(evaluation_level) filter (evaluation_year <= $y) as l,
              count(*) filter (evaluation_level in ('4', '5') and repaired_date is null and coalesce(valid_from <= $day, true)
                  and coalesce(valid_to >= $day, true)) > 0 as bad
          from fact_environmental_credit group by subject_id, evaluation_year)
    group by subject_id
),
i36 as (
    select subject_id,
        count(*) filter (v and record_type = '1' and permit_status = '1') as discharge_permits,
        count(*) filter (v and record_type = '3' and decision_date > $day - interval 36 month and decision_date <= $day)
            as environment_violations_36m,
        sum(fine_amount) filter (v and record_type = '3' and decision_date > $day - interval 36 month and decision_date <= $day)::double
            as environment_fines_36m,
        count(*) filter (v and record_type = '3' and correction_status = '0') > 0 as environment_uncorrected
    from (select *, coalesce(valid_from <= $day, true) and coalesce(valid_to >= $day, true) as v from fact_pollutant_permit_violation)
    group by subject_id
),
i37 as (
    select subject_id,
        date_part('year', age($day, min(established_date) filter (established_date <= $day))) * 12
            + date_part('month', age($day, min(established_date) filter (established_date <= $day))) as farm_months,
        count(*) filter (operating_status = '1') > 0 as farm_operating,
        max(land_area)::double as farm_land, max(transferred_area)::double as farm_leased_land, max(annual_revenue)::double as farm_revenue,
        max(total_assets)::double as farm_assets, max(member_count) as farm_members, max(linked_households) as farm_households_linked,
        count(*) filter (recognition_level in ('1', '2', '3', '4')) > 0 as farm_recognised,
        count(*) filter (recognition_level in ('1', '2', '3')) > 0 as farm_recognised_high
    from fact_new_agricultural_entity group by subject_id
)
select s.subject_id,
    i1.* exclude (subject_id), i2.* exclude (subject_id), largest_shareholder_share,
    case when subscribed_capital > 0 then paid_in_capital / subscribed_capital end as paid_in_ratio,
    i3.* exclude (subject_id, r, ry, a, ay, p, py, e, ey),
    case when report_total_assets > 0 then report_total_liabilities / report_total_assets end as debt_ratio,
    case when report_revenue > 0 then report_net_profit / report_revenue end as net_margin,
    case when report_revenue > 0 then report_total_tax / report_revenue end as tax_burden,
    case when report_total_assets > 0 then report_revenue / report_total_assets end as asset_turnover,
    case when report_owners_equity > 0 then report_net_profit / report_owners_equity end as return_on_equity,
    case when report_employees > 0 then report_revenue / report_employees end as revenue_per_employee,
    case when report_employees > 0 then report_insured_persons / report_employees end as insured_share,
    case when ry[1] = ry[2] + 1 then (r[1] - r[2]) / nullif(abs(r[2]), 0) end as report_revenue_growth,
    case when ay[1] = ay[2] + 1 then (a[1] - a[2]) / nullif(abs(a[2]), 0) end as report_total_assets_growth,
    case when py[1] = py[2] + 1 then (p[1] - p[2]) / nullif(abs(p[2]), 0) end as report_net_profit_growth,
    case when ey[1] = ey[2] + 1 then (e[1] - e[2]) / nullif(abs(e[2]), 0) end as report_employees_growth,
    i4.* exclude (subject_id), i5.* exclude (subject_id), i6.* exclude (subject_id), i7.* exclude (subject_id), i8.* exclude (subject_id),
    i9.* exclude (subject_id), case when inspections_24m > 0 then inspections_passed_24m / inspections_24m end as inspection_pass_share,
    i10.* exclude (subject_id), i11.* exclude (subject_id), i12.* exclude (subject_id), i13.* exclude (subject_id),
    i14.* exclude (subject_id), i15.* exclude (subject_id), i16.* exclude (subject_id), i17.* exclude (subject_id), tax_kind_concentration,
    case when vat_sales_12m > 0 then vat_paid_12m / vat_sales_12m end as vat_burden,
    case when declarations_12m > 0 then late_declarations_12m / declarations_12m end as late_declaration_share,
    i18.* exclude (subject_id, n3, b3, n6, b6, n12, b12, bp, c3, c6, c12, cp, bits),
    case when sales_12m > 0 then purchases_12m / sales_12m end as purchase_sales_ratio,
    case when i18.c3 = 6 then (i18.n3 - i18.b3) / nullif(abs(i18.b3), 0) end as sales_growth_3m,
    case when i18.c6 = 12 then (i18.n6 - i18.b6) / nullif(abs(i18.b6), 0) end as sales_growth_6m,
    case when i18.c12 = 24 then (i18.n12 - i18.b12) / nullif(abs(i18.b12), 0) end as sales_growth_12m,
    case when i18.cp = 6 then (i18.n3 - i18.bp) / nullif(abs(i18.bp), 0) end as sales_momentum_3m,
    bit_count(i18.bits) as sales_months_24m, bit_count(i18.bits) - bit_count(i18.bits & (i18.bits << 1)) - 1 as sales_breaks_24m,
    list_max(list_transform(string_split(bin(i18.bits), '0'), lambda x: length(x))) as sales_longest_run_24m,
    bit_count(xor(i18.bits, i18.bits + 1) >> 1) as sales_current_run_24m,
    case when invoices_issued_12m > 0 then coalesce(invoices_void_12m, 0) / invoices_issued_12m end as void_share,
    i19.* exclude (subject_id, n3, b3, c3, bits),
    case when i19.c3 = 6 then (i19.n3 - i19.b3) / nullif(abs(i19.b3), 0) end as insured_growth_3m,
    list_max(list_transform(string_split(bin(i19.bits), '0'), lambda x: length(x))) as insurance_longest_run_24m,
    bit_count(xor(i19.bits, i19.bits + 1) >> 1) as insurance_current_run_24m,
    length(bin(i19.bits)) - bit_count(i19.bits) as insurance_missing_24m,
    bit_count(i19.bits) - bit_count(i19.bits & (i19.bits << 1)) - 1 as insurance_breaks_24m,
    i20.* exclude (subject_id), i21.* exclude (subject_id, bits),
    bit_count(xor(i21.bits, i21.bits + 1) >> 1) as fund_current_run_24m, length(bin(i21.bits)) - bit_count(i21.bits) as fund_missing_24m,
    i22.* exclude (subject_id), i23.* exclude (subject_id, n6, b6, c6),
    case when i23.c6 = 12 then (i23.n6 - i23.b6) / nullif(abs(i23.b6), 0) end as exports_growth_6m,
    i24.* exclude (subject_id, n3, b3, c3, bits),
    case when i24.c3 = 6 then (i24.n3 - i24.b3) / nullif(abs(i24.b3), 0) end as water_growth_3m,
    bit_count(xor(i24.bits, i24.bits + 1) >> 1) as water_current_run_24m,
    i25.* exclude (subject_id, n3, b3, c3, n12, b12, c12, bits),
    case when i25.c3 = 6 then (i25.n3 - i25.b3) / nullif(abs(i25.b3), 0) end as power_growth_3m,
    case when i25.c12 = 24 then (i25.n12 - i25.b12) / nullif(abs(i25.b12), 0) end as power_growth_12m,
    bit_count(xor(i25.bits, i25.bits + 1) >> 1) as power_current_run_24m,
    i26.* exclude (subject_id, n3, b3, c3, bits),
    case when i26.c3 = 6 then (i26.n3 - i26.b3) / nullif(abs(i26.b3), 0) end as gas_growth_3m,
    bit_count(xor(i26.bits, i26.bits + 1) >> 1) as gas_current_run_24m,
    i27.* exclude (subject_id), i28.* exclude (subject_id), mortgagee_concentration, i29.* exclude (subject_id),
    secured_party_concentration, i30.* exclude (subject_id), i31.* exclude (subject_id), i32.* exclude (subject_id),
    i33.* exclude (subject_id), i34.* exclude (subject_id, xs, ys),
    case when rd_revenue > 0 then rd_expense / rd_revenue end as rd_intensity,
    case when ys[1] = ys[2] + 1 then (xs[1] - xs[2]) / nullif(abs(xs[2]), 0) end as rd_growth,
    i35.* exclude (subject_id), i36.* exclude (subject_id), i37.* exclude (subject_id),
    case when farm_land > 0 then farm_leased_land / farm_land end as farm_leased_share,
    case when farm_land > 0 then farm_revenue / farm_land end as farm_revenue_per_mu
from subjects s
left join i1 using (subject_id) left join i2 using (subject_id) left join c2 using (subject_id) left join i3 using (subject_id)
left join i4 using (subject_id) left join i5 using (subject_id) left join i6 using (subject_id) left join i7 using (subject_id)
left join i8 using (subject_id) left join i9 using (subject_id) left join i10 using (subject_id) left join i11 using (subject_id)
left join i12 using (subject_id) left join i13 using (subject_id) left join i14 using (subject_id) left join i15 using (subject_id)
left join i16 using (subject_id) left join i17 using (subject_id) left join c17 using (subject_id) left join i18 using (subject_id)
left join i19 using (subject_id) left join i20 using (subject_id) left join i21 using (subject_id) left join i22 using (subject_id)
left join i23 using (subject_id) left join i24 using (subject_id) left join i25 using (subject_id) left join i26 using (subject_id)
left join i27 using (subject_id) left join i28 using (subject_id) left join c28 using (subject_id) left join i29 using (subject_id)
left join c29 using (subject_id) left join i30 using (subject_id) left join i31 using (subject_id) left join i32 using (subject_id)
left join i33 using (subject_id) left join i34 using (subject_id) left join i35 using (subject_id) left join i36 using (subject_id)
left join i37 using (subject_id)
