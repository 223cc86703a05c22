"""Level 5: feature modules (特色功能模块, R8.3), each declared in one folder of `definitions/modules` or of an overlay.

A module finds the subjects that belong to it from industry code, business scope, name and certificates, with the
evidence; gives lists with criteria, a page, a filter for products, circles around chain leaders, an evaluation variant.
From outside touch `Modules` (service), `router`, `tasks`, `BookOfModules`, and the pure classification:

    classify.classify(book_of_modules, Firm(name, industry, scope, kind, certificates), on=None, modules=None)
        -> {module id: Membership(degree "member" | "possible" | "none", points 0..100, parts, evidence, .degree_name)}

with `book_of_modules = loader.BookOfModules.load(definitions, Catalogue.load(definitions))`. Of a `Firm` only `name` is
needed: industry None or "C3825", scope "", kind None or a `SubjectKind` value, certificates item number -> payloads.
"""
