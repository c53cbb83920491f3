"""How fraud enters a day of honest payments: four patterns, each a function of the calendar day.

Three are always about, so that every training window knows them: cash-outs, skimmed terminals and
stolen cards. The fourth, the raid, comes and goes. A gang strikes on three days in every ten and
lies low for the week between. With windows of seven days, two nights in every ten train on that
quiet week alone while their holdout has a raid: they miss it, and the gate rejects their models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from math import pi, sin
from typing import TYPE_CHECKING

import numpy as np

from demo.population import Payments, Population
from demo.randomness import random_stream
from demo.strikes import Strikes

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pattern = Callable[[Payments, Population, date], Payments]

CASH_OUT_CHANCE = 0.0012
CASH_OUT_FLOOR = 250.0
CASH_OUT_MEAN_EXCESS = 120.0

SKIMMERS = Strikes("skimmers", duration_days=56, exposed_per_strike=9_000)
SKIMMED_RAMP_DAYS = 28
SKIMMED_CHANCE = 0.5

CARD_THEFTS = Strikes("card thefts", duration_days=14, exposed_per_strike=700)
STOLEN_CHANCE = 1 / 3
STOLEN_MULTIPLIER = 5.0
STOLEN_MULTIPLIER_SWING = 1.0
STOLEN_MULTIPLIER_CYCLE_DAYS = 90

RAID_PERIOD_DAYS = 10
RAID_DAYS = 3
RAID_ANCHOR = date(2026, 11, 6)
"""The first day of one raid; the calendar runs both ways from it."""
RAID_SHARE = 0.0025
RAID_AMOUNT = 30.0
RAID_AMOUNT_SPREAD = 1.5
RAID_HOURS = (2, 6)


def cash_outs(payments: Payments, population: Population, day: date) -> Payments:
    """Turn a few payments into amounts that hardly anybody spends at once."""
    draw = random_stream(population.seed, "cash-outs", day)
    hit = draw.random(len(payments)) < CASH_OUT_CHANCE
    excess = draw.exponential(CASH_OUT_MEAN_EXCESS, size=len(payments))
    return _defraud(payments, hit, CASH_OUT_FLOOR + excess)


def skimmed_terminals(payments: Payments, population: Population, day: date) -> Payments:
    """Defraud payments at compromised terminals, more of them the longer the skimmer is there.

    Amounts stay as they are: only the terminal's history gives these away.
    """
    age_days = SKIMMERS.age_days(population.seed, day, population.scale.terminals)
    chance = SKIMMED_CHANCE * np.clip((age_days + 1) / SKIMMED_RAMP_DAYS, 0, 1)
    draw = random_stream(population.seed, "skimmed payments", day)
    hit = draw.random(len(payments)) < chance[payments.terminal_id]
    return _defraud(payments, hit, payments.amount)


def stolen_cards(payments: Payments, population: Population, day: date) -> Payments:
    """Multiply a third of the payments of customers whose card data leaked in the last weeks."""
    stolen = CARD_THEFTS.age_days(population.seed, day, population.scale.customers) >= 0
    draw = random_stream(population.seed, "stolen payments", day)
    hit = stolen[payments.customer_id] & (draw.random(len(payments)) < STOLEN_CHANCE)
    return _defraud(payments, hit, payments.amount * stolen_multiplier(day))


def stolen_multiplier(day: date) -> float:
    """Return how many times the usual amount thieves dare to spend; it drifts with the season."""
    phase = 2 * pi * day.toordinal() / STOLEN_MULTIPLIER_CYCLE_DAYS
    return STOLEN_MULTIPLIER + STOLEN_MULTIPLIER_SWING * sin(phase)


def raids(payments: Payments, population: Population, day: date) -> Payments:
    """Add, on raid days, the prepaid cards that a gang buys at night with other people's cards.

    Each amount is ordinary and so are the terminals. Only hour and amount together tell, and only
    to a model that has seen a raid with its labels.
    """
    if not is_raid_day(day):
        return payments
    draw = random_stream(population.seed, "raids", day)
    count = round(population.scale.transactions_per_day * RAID_SHARE)
    customer_id = draw.integers(population.scale.customers, size=count, dtype=np.int32)
    first_second, last_second = (hour * 3_600 for hour in RAID_HOURS)
    bought = Payments(
        second_of_day=draw.uniform(first_second, last_second, size=count),
        customer_id=customer_id,
        terminal_id=population.terminals_near(customer_id, draw),
        amount=draw.normal(RAID_AMOUNT, RAID_AMOUNT_SPREAD, size=count),
        fraud=np.ones(count, dtype=np.bool_),
    )
    return payments.joined_by(bought)


def is_raid_day(day: date) -> bool:
    """Return whether the gang strikes on this day."""
    return (day - RAID_ANCHOR).days % RAID_PERIOD_DAYS < RAID_DAYS


PATTERNS: tuple[Pattern, ...] = (cash_outs, skimmed_terminals, stolen_cards, raids)
"""In the order in which they act; a payment may fall to several."""


def _defraud(payments: Payments, hit: NDArray[np.bool_], amount: NDArray[np.float64]) -> Payments:
    return replace(
        payments,
        amount=np.where(hit, amount, payments.amount),
        fraud=payments.fraud | hit,
    )
