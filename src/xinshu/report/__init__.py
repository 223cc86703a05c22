"""Level 5: credit reports (公共信用信息报告): what the gate gives one reader, issued with evidence, read again
while they hold, rendered and signed, verified by anybody, answered by feedback.

From outside, `service` issues, `shelf` reads what was issued, `feedback` takes remarks, `model.Report` is the
document; `layout` reads its definitions. `render` makes pages and PDFs, `proof` signs and verifies. Nothing here shows
a fact that `inquiry` has not given.
"""
