"""Generators of rows, one for each item of the catalogue; `GENERATORS` maps the item's number to its generator."""

from __future__ import annotations

from collections.abc import Callable

from xinshu.synth.items import (
    administration,
    agriculture,
    credentials,
    environment,
    intellectual,
    judicial,
    lists,
    property,
    registration,
    research,
    social,
    tax,
    trade,
    utility,
)
from xinshu.synth.rows import Rows
from xinshu.synth.view import View

Generator = Callable[[View], Rows]

GENERATORS: dict[str, Generator] = {
    "1": registration.registration,
    "2": registration.shareholders,
    "3": registration.annual_report,
    "4": registration.principal_persons,
    "5": credentials.qualifications,
    "6": credentials.certifications,
    "7": credentials.permits,
    "8": administration.penalties,
    "9": administration.other_acts,
    "10": judicial.dishonest_debtors,
    "11": judicial.enforcement,
    "12": judicial.litigation,
    "13": lists.serious_dishonesty,
    "14": lists.abnormal_operation,
    "15": tax.tax_credit,
    "16": tax.tax_arrears,
    "17": tax.declarations,
    "18": tax.invoices,
    "19": social.contributions,
    "20": social.arrears,
    "21": social.housing_fund,
    "22": trade.customs_filing,
    "23": trade.trade,
    "24": utility.water,
    "25": utility.electricity,
    "26": utility.gas,
    "27": property.real_estate,
    "28": property.encumbrances,
    "29": property.movable_security,
    "30": intellectual.patents,
    "31": intellectual.marks_and_works,
    "32": intellectual.ip_pledges,
    "33": research.recognitions,
    "34": research.research,
    "35": environment.credit,
    "36": environment.permits_and_violations,
    "37": agriculture.entities,
}
