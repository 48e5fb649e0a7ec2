from odoo import api, fields, models
from odoo.exceptions import UserError

from .bad_numbers import check_finite

#: What may be changed in place: none of it says what a customer gets.
NO_TERMS = {'name', 'sequence', 'active', 'successor_id'}


class ReturnsPolicy(models.Model):
    """Returns keep the terms under which they were submitted: a policy they use continues in a new version."""

    _inherit = 'returns.policy'

    successor_id = fields.Many2one(
        'returns.policy', string="Continued As", readonly=True, copy=False, index='btree_not_null',
        help="The version that replaced this one. Returns submitted before keep this one.")

    def write(self, vals):
        """Override: a policy that returns use is archived, and continues in a new record with the new terms."""
        check_finite(self, vals)
        self._check_no_former_version(vals)
        companies = self.company_id
        used = self._get_used().filtered(lambda policy: policy._has_other_terms(vals))
        if 'company_id' in vals and used:
            raise UserError(self.env._(
                "Returns use %s, it stays with its company. Create a new policy for the other one.",
                ", ".join(used.mapped('name'))))
        result = super(ReturnsPolicy, self - used).write(vals)
        for policy in used:
            policy._continue_with(vals)
        companies |= self.company_id
        self._check_last_resort(companies)
        self._update_drafts(companies)
        return result

    def unlink(self):
        """Override: drafts let go of the policy first."""
        self.filtered('active').active = False
        self.env.flush_all()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self._get_used():
            raise UserError(self.env._(
                "Returns use %s. Archive it instead of deleting it.", ", ".join(used.mapped('name'))))

    def _get_used(self):
        """Those of these policies by which a return was judged. Drafts are judged anew when they are submitted."""
        groups = self.env['returns.order.line'].sudo()._read_group(
            [('policy_id', 'in', self.ids), ('order_id.state', '!=', 'draft')], ['policy_id'])
        return self.filtered(lambda policy: policy in {group[0] for group in groups})

    def _has_other_terms(self, vals):
        """Whether writing `vals` would change a term of this policy."""
        self.ensure_one()
        changed = self.new(vals, origin=self)
        for name in vals.keys() - NO_TERMS:
            field = self._fields[name]
            before, after = self[name], changed[name]
            if (before != after._origin) if field.relational else (before != after):
                return True
        return False

    def _continue_with(self, vals):
        """Make the version that follows this one, with the terms `vals`, and archive this one."""
        self.ensure_one()
        successor = self.copy()
        successor.write(vals)
        self.write({'active': False, 'successor_id': successor.id})
        return successor

    def _check_no_former_version(self, vals):
        """:raise UserError: when a version that was replaced already would get other terms, or come back"""
        former = self.filtered('successor_id').filtered(
            lambda policy: vals.get('active') or policy._has_other_terms(vals))
        if former:
            raise UserError(self.env._(
                "%s was replaced by a newer version, returns submitted before keep it as it is. Change the version in "
                "force instead.", ", ".join(former.mapped('name'))))

    @api.model
    def _update_drafts(self, companies):
        """Draft returns follow the policies as they are now."""
        self.env['returns.order.line'].sudo().search([
            ('company_id', 'in', companies.ids), ('order_id.state', '=', 'draft'),
        ])._update_verdict()

    def action_open_successor(self):
        """Show the version that is in force now."""
        self.ensure_one()
        current = self
        while current.successor_id:
            current = current.successor_id
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': current.id, 'views': [(False, 'form')],
        }
