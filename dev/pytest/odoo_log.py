"""A pytest plugin: a warning or an error in Odoo's log fails the test during which it was logged.

A test that expects one says so with `mute_logger` or `assertLogs`: what these catch does not come here.
"""

import logging

import pytest


class Watcher(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    def take(self):
        lines, self.lines = self.lines, []
        return lines


watcher = Watcher()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    logging.getLogger().addHandler(watcher)
    try:
        return (yield)
    finally:
        logging.getLogger().removeHandler(watcher)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    return (yield from fail_if_logged())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    return (yield from fail_if_logged())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    return (yield from fail_if_logged())


def fail_if_logged():
    try:
        result = yield
    except BaseException:
        watcher.take()  # pytest shows the log of a test that fails or is skipped
        raise
    if lines := watcher.take():
        pytest.fail("Unexpected in Odoo's log:\n" + "\n".join(lines), pytrace=False)
    return result


def pytest_sessionfinish(session):
    if hasattr(session.config, 'workeroutput'):  # one of several processes: the first one tells
        session.config.workeroutput['odoo_log'] = watcher.take()
    elif watcher.lines and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    watcher.lines += getattr(node, 'workeroutput', {}).get('odoo_log', ())


def pytest_terminal_summary(terminalreporter):
    if lines := watcher.take():
        terminalreporter.section("Unexpected in Odoo's log, outside of tests")
        terminalreporter.write_line("\n".join(lines), red=True)
