"""Weigh an idea in the office's prices."""

from datetime import date

from gevinst.app.gain_count import prices_of
from gevinst.domain.gain_plan import BusinessCase, Idea, weigh
from gevinst.domain.gain_settings import GainSettings


def weigh_idea(idea: Idea, settings: GainSettings, today: date) -> BusinessCase:
    """The three cases of an idea, all in the prices of one year, and the office's verdict.

    Raises:
        GainError: GAI-003 amounts of several years and no price index.
    """
    prices = prices_of(settings, today)
    return weigh(
        idea,
        settings,
        investment=prices.of(idea.investments),
        running_cost=prices.of(idea.running_costs),
        rate=prices.at(idea.rate.amount, idea.rate.year),
        year=prices.year,
    )
