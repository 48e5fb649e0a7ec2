"""What returns cost: with our addons, with Odoo alone, with OCA's rma. Run by `make bench`."""

import argparse
import sys
from pathlib import Path

import odoo.init  # noqa: F401 - before anything else of Odoo, as its own commands do


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    build = commands.add_parser('build-shop', help="fill a database with orders")
    build.add_argument('plan')
    build.add_argument('database')
    work = commands.add_parser('work', help="be a contender, driven by standard input")
    work.add_argument('name')
    work.add_argument('database')
    compare = commands.add_parser('compare', help="measure, and print the results")
    compare.add_argument('plan')
    compare.add_argument('core')
    compare.add_argument('ours')
    compare.add_argument('oca')
    compare.add_argument('--oca-addons-path', required=True)
    compare.add_argument('--record', type=Path, help="file whose results are replaced")
    options, odoo_arguments = parser.parse_known_args()

    if options.command == 'build-shop':
        import plan
        import shop
        from session import Session
        shop.build(Session(options.database, odoo_arguments), plan.PLANS[options.plan])
    elif options.command == 'work':
        import worker
        worker.main(options.name, options.database, odoo_arguments)
    else:
        import compare as comparison
        import report
        databases = {name: getattr(options, name) for name in ('core', 'ours', 'oca')}
        results = comparison.compare(options.plan, databases, {
            'core': odoo_arguments, 'ours': odoo_arguments,
            'oca': [*odoo_arguments, '--addons-path', options.oca_addons_path],
        })
        text = report.render(results)
        print(text)
        if options.record:
            report.record(text, options.record)


if __name__ == '__main__':
    sys.exit(main())
