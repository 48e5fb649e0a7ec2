from odoo.http import request, route
from odoo.tools.json import scriptsafe

from .portal import ReturnsPortal


class ReturnsPortalPolicy(ReturnsPortal):
    """What the shop promises, read from the policies that are in force: for people, and for search engines."""

    @route('/returns/policy', type='http', auth='public', website=True, methods=['GET'], readonly=True)
    def portal_policy(self, **kwargs):
        company = request.env.company
        policies_sudo = request.env['returns.policy'].sudo()._get_public(company)
        return request.render('returns_portal.portal_policy', {
            'page_name': 'return_policy', 'no_breadcrumbs': True, 'res_company': company.sudo(),
            'policies': policies_sudo,
            'rights': request.env['returns.withdrawal.right'].sudo().search([]),
            'json_ld': scriptsafe.dumps(policies_sudo._get_json_ld(company.sudo(), f'{request.httprequest.url_root}'
                                                                   'returns/policy')),
        })
