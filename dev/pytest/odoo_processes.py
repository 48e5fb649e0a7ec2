"""A pytest plugin: each process of a distributed run has a filestore of its own.

pytest-odoo gives each a clone of the database and lets them share the files. But after each class of tests Odoo deletes
the files that its database does not know, which are the ones that the other process is working with.
"""

import os
import shutil
from pathlib import Path
from unittest import mock

import pytest

from odoo.tools import config


@pytest.fixture(scope='session', autouse=True)
def own_filestore(load_registry):
    if not os.getenv('PYTEST_XDIST_WORKER'):
        yield
        return
    name = config['db_name'][0]
    shared = Path(config.filestore(name))
    own = shared.parent / name
    shutil.copytree(shared, own, copy_function=os.link)  # a file of a filestore is never written again
    with mock.patch.object(config, 'filestore', return_value=str(own)):
        yield
    shutil.rmtree(own)
