"""Odoo in this process, on one database, as its administrator."""

import gc
import time
from contextlib import contextmanager

import odoo
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config


class Session:
    """Work on a database in transactions of their own, as requests do, and what each of them cost."""

    def __init__(self, database, arguments=()):
        config.parse_config(['--database', database, '--no-http', *arguments], setup_logging=True)
        server.start(preload=[], stop=True)
        self.registry = Registry(database)

    @contextmanager
    def transaction(self):
        """An environment of the administrator; what is done in it is committed at the end."""
        with self.registry.cursor() as cr:
            superuser = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
            admin = superuser.ref('base.user_admin')
            env = odoo.api.Environment(cr, admin.id, {'lang': 'en_US', 'tz': 'UTC'})
            yield env
            env.flush_all()
            cr.commit()

    def measure(self, step):
        """Run `step(env)` and count.

        :return: what it returned, and a dict: queries and seconds, the commit included, and of the seconds those in
            which this process and its database server worked (`cpu`; None where the server is not on this machine)
        """
        gc.collect()
        with self.transaction() as env:
            env.cr.execute("SELECT pg_backend_pid()")
            server_process = env.cr.fetchone()[0]
            queries, cpu, start = env.cr.sql_log_count, _get_cpu_seconds(server_process), time.perf_counter()
            result = step(env)
            env.flush_all()
            env.cr.commit()  # writes what is logged about changes, too
            queries = env.cr.sql_log_count - queries
            seconds = time.perf_counter() - start
            if cpu is not None:
                cpu = _get_cpu_seconds(server_process) - cpu
        return result, {'queries': queries, 'seconds': seconds, 'cpu': cpu}

    def analyze(self):
        """Tell the database server how many rows there are, which it would find out by itself within a minute."""
        with self.registry.cursor() as cr:
            cr.execute("ANALYZE")


def _get_cpu_seconds(server_process):
    """Processor time of this process and of the database server's process for it, in seconds (see `man 5 proc`)."""
    try:
        with open(f'/proc/{server_process}/stat', encoding='ascii') as file:
            fields = file.read().rpartition(')')[2].split()
    except OSError:
        return None
    ticks_per_second = 100
    return time.process_time() + (int(fields[11]) + int(fields[12])) / ticks_per_second
