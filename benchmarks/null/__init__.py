"""Data whose truth is known, and the intervals that each estimator gives for it.

A check takes a random generator and returns intervals by name: low end, high end, truth.
"""
