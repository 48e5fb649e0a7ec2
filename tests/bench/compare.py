"""Drives the contenders and gathers what they cost."""

import json
import statistics
import subprocess
import sys
from typing import NamedTuple

from contenders import CONTENDERS
from plan import CHUNK, PLANS, WARM_UP


class Remote:
    """A worker in a process of its own: its methods are called as if they were here."""

    def __init__(self, name, database, arguments):
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, sys.argv[0], 'work', name, database, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._get_answer()

    def __getattr__(self, method):
        def call(*values):
            self.process.stdin.write(json.dumps([method, *values]) + '\n')
            self.process.stdin.flush()
            return self._get_answer()
        return call

    def _get_answer(self):
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{CONTENDERS[self.name].title} stopped: Odoo's log says why.")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ordinary(NamedTuple):
    """Ordinary orders delivered and invoiced while the database holds so many returns; costs of each chunk."""

    returns: int
    without: list
    with_addons: list


class Results(NamedTuple):
    plan: object
    #: cost of each step by (contender, shape)
    steps: dict
    #: cost of opening a form and a list by contender
    screens: dict
    ordinary: list
    #: costs of the first page of long lists, by page, while the database holds the last of the histories
    pages: dict


def compare(plan_name, databases, arguments):
    """Measure everything.

    :param databases: database by contender
    :param arguments: arguments for Odoo by contender
    :return: `Results`
    """
    plan = PLANS[plan_name]
    remotes = {name: Remote(name, databases[name], arguments[name]) for name in CONTENDERS}
    try:
        pair = remotes['core'], remotes['ours']
        _compare_ordinary(pair, 'warm-up', CHUNK)
        ordinary = []
        steps = screens = None
        for history in plan.histories:
            if history:
                _say(f"{history:,} returns in the database")
                for remote in pair:
                    remote.multiply_history(plan.shapes[0].reference, history)
            costs = _compare_ordinary(pair, history, plan.ordinary_orders)
            ordinary.append(Ordinary(history, *costs))
            if not history:
                steps = _compare_steps(remotes, plan)
                screens = {name: remote.open_screens() for name, remote in remotes.items()}
        _say("First pages of long lists")
        return Results(plan, steps, screens, ordinary, remotes['ours'].open_pages())
    finally:
        for remote in remotes.values():
            remote.close()


def _compare_steps(remotes, plan):
    steps = {}
    for shape in (WARM_UP, *plan.shapes):
        for remote in remotes.values():
            _say(f"{shape.name}: {CONTENDERS[remote.name].title}")
            costs = steps[remote.name, shape] = remote.run_steps(shape.reference)
            _say(f"    {_sum(costs, 'seconds'):.0f} s, {_sum(costs, 'queries'):,} queries")
        _check_same_results({name: remote.get_result(shape.reference) for name, remote in remotes.items()}, shape)
    return steps


def _check_same_results(results, shape):
    """:raise SystemExit: when somebody got another result, whose costs cannot be compared then"""
    reference = results['ours']
    for name, result in results.items():
        for question, answer in result.items():
            if answer != reference[question]:
                raise SystemExit(
                    f"{shape.name}: {CONTENDERS[name].title} has another result, so that costs cannot be compared.\n"
                    f"{question}: {answer}\nbut with our addons: {reference[question]}")


def _compare_ordinary(pair, history, count):
    """Both in turn, first the one and then the other, so that the noise of the machine meets both.

    :return: costs of the chunks, of each
    """
    _say(f"Ordinary orders ({history})")
    costs = {remote.name: [] for remote in pair}
    for number, start in enumerate(range(0, count, CHUNK)):
        for remote in pair if number % 2 else reversed(pair):
            costs[remote.name].append(remote.deliver_and_invoice(f'ordinary {history}', start, CHUNK))
    _say(f"    {get_ratio(costs['ours'], costs['core'], 'seconds'):.2f} of the time that Odoo alone takes")
    return [costs[remote.name] for remote in pair]


def get_ratio(costs, others, kind):
    """The median over the chunks of what `costs` are beside `others`."""
    return statistics.median(cost[kind] / other[kind] for cost, other in zip(costs, others, strict=True))


def _sum(costs, kind):
    return sum(cost[kind] for cost in costs.values())


def _say(text):
    print(text, file=sys.stderr, flush=True)
