"""What a customer is worth from now on: how often they will buy again, for how much, how surely.

Rooms: `summary` (orders become a few numbers a person), `rows` (equal people are one row with a
count), `bgnbd`, `pareto`, `gamma_gamma` (the models), `fitting` (the climb to the best parameters),
`fitted` and `spending` (a fit and its status), `expecting`, `intervals`, `choosing` (which model
foresaw best), `scoring` (question and answer), `keeping` (a fit to keep), and `value`, the entry.
"""
