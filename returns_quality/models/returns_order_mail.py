from odoo import models


class ReturnsOrder(models.Model):
    """What does the customer know about what we found? A mail with pictures, when something is not as it should be."""

    _inherit = 'returns.order'

    def _get_mail_events(self):
        """Override: a finding weighs more than the arrival, less than what follows from it."""
        events = list(super()._get_mail_events())
        events.insert(events.index('received') + 1, 'inspected')
        return tuple(events)

    def _get_mail_template(self, event):
        if event == 'inspected':
            return self.env.ref('returns_quality.mail_template_inspected', raise_if_not_found=False)
        return super()._get_mail_template(event)

    def _tell(self, event):
        """Override: of a finding the customer is told once, also when what follows from it is told, too."""
        if event == 'inspected':
            orders = self.filtered(lambda order: order._get_findings_to_tell())
            super(ReturnsOrder, orders)._tell(event)
            orders._get_findings_to_tell()._write_by_system({'is_told': True})
            return
        if event in ('credited', 'closed'):
            self._tell('inspected')
        super()._tell(event)

    def _get_findings_to_tell(self):
        """The inspections that the customer is told of: what is refused, or not credited in full."""
        return self.inspection_ids.filtered(
            lambda one: one.counts and not one.is_told and (one.is_refused or one.credit_share < 1))

    def _get_mail_attachments(self, event):
        """Override: the pictures of what we found."""
        attachments = super()._get_mail_attachments(event)
        if event != 'inspected':
            return attachments
        findings = self._get_findings_to_tell()
        return attachments | findings.photo_ids | findings.answer_ids.photo_ids
