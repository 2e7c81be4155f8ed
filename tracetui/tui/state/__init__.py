"""The state of the view in plain Python and numpy: what is tested without a screen.

Modules:
    forest: the rows of one trace in display order, with a row of its own for each missing parent.
    rows: which rows are visible, as pure functions over arrays.
    view: `ViewState`: cursor, folds, hidden rows, zoom window, marks.
    moves, jumps, zoom: what keys do to a `ViewState`.
    facts: what a worker computes about a trace for the screen: critical paths, self time, error origins.
"""
