"""Level 5: indicators and public credit evaluation (公共信用综合评价), R8.2 to R8.4.

An indicator is one YAML description (`definitions/indicators`), compiled once to Ibis for all subjects (`expressions`)
and evaluated for one subject in Python (`single`); the two agree. A model (`definitions/models`) turns indicators into
points, a grade and reasons. From outside touch `EvaluationService`, `router`, `tasks`, and `Book` to read descriptions.
"""
