"""`make bench`: ours and a baseline, side by side in one run, on one machine, with equal results checked first.

Absolute times say little on a shared machine; the ratio of two medians taken alternately is what is kept.
"""
