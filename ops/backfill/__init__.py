"""Runs the nights of many data dates: what there is to do, and doing it."""
