import logging

import psycopg2.errors

from odoo import fields, models

_logger = logging.getLogger(__name__)

#: Two users met: the database asks to run the whole transaction again, which nobody may swallow.
RETRY_ERRORS = (
    psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected, psycopg2.errors.LockNotAvailable)


class ReturnsOrder(models.Model):
    """Nothing fails silently: steps that run with nobody at the screen tell their failures on the return."""

    _inherit = 'returns.order'

    attention_note = fields.Text(
        "Needs Attention", readonly=True, copy=False, help="What should have happened by itself and failed.")

    def _run_automatically(self, method_name):
        """Run a step without anybody at the screen: what fails is told on its return, the others go on.

        A batch that fails is halved until the returns that fail stand alone. Each try has a savepoint of its own;
        what the database asks to be run again as a whole is passed on.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                getattr(self, method_name)()
                self.filtered('attention_note').attention_note = False
        except RETRY_ERRORS:
            raise
        except Exception as error:
            if len(self) > 1:
                middle = len(self) // 2
                self[:middle]._run_automatically(method_name)
                self[middle:]._run_automatically(method_name)
            else:
                _logger.warning("%s of %s failed: %s", method_name, self.name, error, exc_info=True)
                self.attention_note = str(error)
