"""A pytest plugin: Odoo's own checks of source code (its module test_lint) look at our addons alone.

Those that read files would read all of Odoo's. Those that read the registry see all modules, and fail in a sub-test
named after the module. Our addons are the ones in the environment variable LINT_ADDONS.
"""

import os
import sys
import types
from contextlib import contextmanager
from pathlib import Path

OURS = tuple(os.environ["LINT_ADDONS"].split(","))


def pytest_sessionstart():
    import odoo.modules
    from odoo.tests.case import TestCase

    import odoo.addons.test_lint

    # The package without its __init__, which imports what only tests of the checkers need.
    folder = Path(odoo.addons.test_lint.__file__).parent / "tests"
    package = types.ModuleType("odoo.addons.test_lint.tests")
    package.__file__ = str(folder / "__init__.py")
    package.__path__ = [str(folder)]
    sys.modules[package.__name__] = package

    odoo.modules.get_modules = lambda: list(OURS)
    odoo.modules.Manifest.all_addon_manifests = lambda: [odoo.modules.Manifest.for_addon(name) for name in OURS]
    TestCase.subTest = sub_test_of_ours


@contextmanager
def sub_test_of_ours(test, msg=None, **params):
    test._subtest = types.SimpleNamespace(params=params)
    try:
        yield
    except Exception as error:
        if params.get("module", OURS[0]) in OURS:
            raise AssertionError(f"{params}: {error}") from error


def pytest_collection_finish():
    docstring = sys.modules.get("odoo.addons.test_lint.tests.test_docstring")
    if docstring:
        docstring.MODULES_TO_LINT = OURS
