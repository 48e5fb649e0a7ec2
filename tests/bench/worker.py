"""One contender in its database, driven from outside: it reads calls, a JSON line each, and answers them so."""

import json
import sys

import screens
import shop
from contenders import CONTENDERS, STEPS
from history import multiply
from session import Session


class Worker:
    def __init__(self, name, database, arguments):
        self.contender = CONTENDERS[name]()
        self.session = Session(database, arguments)
        with self.session.transaction() as env:
            self.contender.set_up(env)

    def run_steps(self, reference):
        """Take the orders of that reference through all steps.

        :return: cost of each step
        """
        costs = {}
        for step in STEPS:
            def call(env, step=step):
                getattr(self.contender, step)(env, shop.get_orders(env, reference))
            _result, costs[step] = self.session.measure(call)
            self.session.analyze()
        return costs

    def get_result(self, reference):
        with self.session.transaction() as env:
            return shop.get_result(env, reference)

    def open_screens(self):
        """Form and list of what stands for a return; an empty dict where nothing does."""
        model = self.contender.model
        if not model:
            return {}
        with self.session.transaction() as env:
            ids = env[model].search([], limit=2 * screens.LIST_LENGTH).ids
        costs = {}
        for name in ('open_form', 'open_list'):
            for ids_to_open in (ids[:80], ids[80:]):  # the first time fills the caches
                _result, costs[name] = self.session.measure(
                    lambda env: getattr(screens, name)(env, model, ids_to_open))  # noqa: B023
        return costs

    def open_pages(self, times=9):
        """The first pages of `screens.PAGES`, in turns, so that the noise of the machine meets all.

        :return: costs of each time by page
        """
        costs = {name: [] for name in screens.PAGES}
        for number in range(times + 1):
            for name, action in screens.PAGES.items():
                _length, cost = self.session.measure(lambda env: screens.open_first_page(env, action))  # noqa: B023
                if number:  # the first time fills the caches
                    costs[name].append(cost)
        return costs

    def count_history(self):
        with self.session.transaction() as env:
            env.cr.execute("SELECT count(*) FROM account_move WHERE move_type = 'out_refund'")
            return env.cr.fetchone()[0]

    def multiply_history(self, reference, total):
        """Copy the returned orders of that reference until there are `total` returns in all."""
        with self.session.transaction() as env:
            multiply(env, shop.get_orders(env, reference), total - self.count_history())
        with self.session.registry.cursor() as cr:
            cr._cnx.commit()
            cr._cnx.autocommit = True
            cr.execute("VACUUM ANALYZE")

    def deliver_and_invoice(self, reference, start, count):
        """What a shop does all day with orders that have nothing to do with returns, one by one."""
        def call(env):
            for order in shop.get_orders(env, reference)[start:start + count]:
                shop.deliver(order)
                shop.invoice(order)
        return self.session.measure(call)[1]


def main(name, database, arguments):
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever prints must not get between the answers
    worker = Worker(name, database, arguments)
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        method, *values = json.loads(line)
        print(json.dumps(getattr(worker, method)(*values)), file=answers, flush=True)
