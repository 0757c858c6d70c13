"""What a customer is worth from now on: how often they will buy again, for how much, how surely.

Rooms: `summary` (orders become four numbers a person), `rows` (equal people are one row with
a count), `bgnbd`, `pareto`, `gamma_gamma` (the models), `fitting` (the climb to the best
parameters), `choosing` (which model foresaw best), `intervals`, and `value`, the entry.
"""
