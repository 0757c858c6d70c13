"""At which stage the business stands, whether the viral ones may be courted, where money goes."""
