"""The results as tables, and beside them what we want to reach."""

import datetime
import os
import platform
import statistics
from pathlib import Path

from compare import get_ratio
from contenders import CONTENDERS, STEPS
from plan import CHUNK, PLANS

START, END = '<!-- results -->\n', '<!-- end of results -->\n'


def render(results):
    """All tables as Markdown."""
    parts = [
        _render_machine(results), *_render_totals(results), *_render_steps(results), *_render_screens(results),
        *_render_pages(results), *_render_ordinary(results), *_render_goals(results)]
    return '\n'.join(parts) + '\n'


def record(text, path):
    """Replace the results in the file at `path`."""
    before, _start, rest = path.read_text(encoding='utf-8').partition(START)
    _old, _end, after = rest.partition(END)
    path.write_text(f'{before}{START}{text}{END}{after}', encoding='utf-8')


def _render_machine(results):
    from odoo import release
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    plan_name = next(name for name, plan in PLANS.items() if plan == results.plan)
    return (
        f"Measured on {datetime.date.today()}, plan “{plan_name}”: {os.cpu_count()} cores ({_get_processor()}), "
        f"{memory:.0f} GB, Python {platform.python_version()}, Odoo {release.version}.\n")


def _get_processor():
    for line in Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines():
        if line.startswith('model name'):
            return line.partition(':')[2].strip()
    return platform.processor() or platform.machine()


def _render_table(title, header, rows):
    return [
        f'### {title}\n', _render_row(header), '|'.join(['', '---', *['--:'] * (len(header) - 1), '']),
        *map(_render_row, rows), '']


def _render_row(cells):
    return f'| {" | ".join(cells)} |'


def _get_total(results, name, shape, kind):
    """The cost of all steps for each return line."""
    return sum(cost[kind] for cost in results.steps[name, shape].values()) / (shape.returns * shape.lines)


def _render_totals(results):
    rows = []
    for shape in results.plan.shapes:
        for name, contender in CONTENDERS.items():
            queries, *times = (_get_total(results, name, shape, kind) for kind in _get_kinds(results))
            rows.append([
                shape.name, contender.title, f'{queries:.1f}', *(f'{1000 * seconds:.0f}' for seconds in times),
                *(f"{_get_comparison(results, ('ours', shape), (name, shape), kind):.2f}"
                  for kind in _get_kinds(results))])
    return _render_table(
        "From request to posted credit note",
        ["Returns × lines", "With", "Queries per line", "ms per line", "of processor",
         "Ours : theirs, queries", "time", "processor"], rows)


def _get_kinds(results):
    """What is counted: where the database server is elsewhere, its processor time is not known."""
    return ('queries', 'seconds', _get_cpu_kind(results.ordinary[0]))


def _get_comparison(results, one, other, kind):
    """How much of what `other` costs, a (contender, shape), `one` does; per line."""
    return _get_total(results, *one, kind) / _get_total(results, *other, kind)


def _render_steps(results):
    rows = [
        [shape.name, contender.title, *(
            f"{cost['queries'] / count:.1f} / {1000 * cost['seconds'] / count:.0f}"
            for cost in (results.steps[name, shape][step] for step in STEPS))]
        for shape in results.plan.shapes for count in [shape.returns * shape.lines]
        for name, contender in CONTENDERS.items()]
    return _render_table("Step by step: queries / ms per line", ["Returns × lines", "With", *STEPS], rows)


def _render_screens(results):
    rows = [
        [CONTENDERS[name].title, *(
            f"{costs[screen]['queries']} / {1000 * costs[screen]['seconds']:.0f}"
            for screen in ('open_form', 'open_list'))]
        for name, costs in results.screens.items() if costs]
    return _render_table("On screen: queries / ms", ["With", "One form", "First 80 of the list"], rows)


def _render_pages(results):
    titles = {'reconciliation': "Our reconciliation", 'journal_items': "Odoo's journal items"}
    rows = [
        [titles[name], f"{statistics.median(cost['queries'] for cost in costs):.0f}",
         f"{1000 * statistics.median(cost['seconds'] for cost in costs):.0f}"]
        for name, costs in results.pages.items()]
    return _render_table(
        f"The first page of a list, {results.ordinary[-1].returns:,} returns in the database",
        ["List", "Queries", "ms"], rows)


def _render_ordinary(results):
    rows = []
    for ordinary in results.ordinary:
        def per_order(costs, kind):
            return statistics.median(cost[kind] for cost in costs) / CHUNK
        rows.append([
            f'{ordinary.returns:,}',
            *(f"{per_order(costs, 'queries'):.2f} / {1000 * per_order(costs, 'seconds'):.0f}"
              for costs in (ordinary.without, ordinary.with_addons)),
            f"{get_ratio(ordinary.with_addons, ordinary.without, 'seconds'):.3f}",
            f"{get_ratio(ordinary.with_addons, ordinary.without, _get_cpu_kind(ordinary)):.3f}"])
    return _render_table(
        "Orders that nobody sends back: delivering and invoicing one, queries / ms",
        ["Returns in the database", "Odoo alone", "With our addons", "Time", "Processor time"], rows)


def _get_cpu_kind(ordinary):
    return 'seconds' if ordinary.without[0]['cpu'] is None else 'cpu'


def _render_goals(results):
    rows = [
        [goal, f'{value:.2f}', f'{limit:.2f}', "yes" if value <= limit else "**no**"]
        for goal, value, limit in _get_goals(results)]
    return _render_table("What we want to reach", ["Goal", "Is", "At most", "Reached"], rows)


def _get_goals(results):
    """What is to be reached, as `(goal, value, limit)`."""
    few, many, wide, _large = results.plan.shapes
    yield f"Queries per return, {many.name}", _get_total(results, 'ours', many, 'queries'), 60
    yield f"Queries per line, {wide.name}", _get_total(results, 'ours', wide, 'queries'), 20
    for kind, label in zip(_get_kinds(results)[1:], ("Time", "Processor time"), strict=True):
        yield (
            f"{label} beside OCA rma, {many.name}",
            _get_comparison(results, ('ours', many), ('oca', many), kind), 1 / 3)
        yield (
            f"{label} per return, {many.name} beside {few.name}",
            _get_comparison(results, ('ours', many), ('ours', few), kind), 1.15)
    yield "Queries to open a form", results.screens['ours']['open_form']['queries'], 25
    yield (
        f"First page of the reconciliation beside Odoo's journal items, {results.ordinary[-1].returns:,} returns",
        get_ratio(results.pages['reconciliation'], results.pages['journal_items'], 'seconds'), 1.5)
    for ordinary in results.ordinary:
        yield (
            f"Queries of ordinary orders beside Odoo alone, {ordinary.returns:,} returns",
            get_ratio(ordinary.with_addons, ordinary.without, 'queries'), 1)
        yield (
            f"Processor time of ordinary orders beside Odoo alone, {ordinary.returns:,} returns",
            get_ratio(ordinary.with_addons, ordinary.without, _get_cpu_kind(ordinary)), 1.02)
