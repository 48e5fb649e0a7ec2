import json
import os
from pathlib import Path

from odoo.tests import tagged

from .common import GuestCommon, PortalCommon

#: Where the packages of npm are, axe-core among them.
AXE = Path(os.environ.get('NODE_PATH', 'nowhere')) / 'axe-core' / 'axe.min.js'
#: Says each serious finding in an error, which fails the test.
RUN_AXE = """
    axe.run(PART, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then((result) => {
        const width = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll("#wrap *")].filter(
            (element) => element.getBoundingClientRect().right > width + 1);
        if (wide.length) {
            console.error(`Wider than the page of ${width} pixels: ${wide[0].outerHTML.slice(0, 200)}`);
        }
        for (const {id, impact, help, nodes} of result.violations) {
            if (["serious", "critical"].includes(impact)) {
                console.error(`${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
            }
        }
        console.log("test successful");
    });
"""


class AccessibilityCommon:
    """WCAG 2.2 AA as far as axe-core can tell, on the narrowest phone, and nothing to scroll sideways."""

    browser_size = '360x740'

    def _check_page(self, url, login='test_portal', before='', part='#wrap'):
        """
        :param str before: JavaScript that is run on the page first
        :param str part: what of the page is ours, as a CSS selector
        """
        if not AXE.exists():
            self.skipTest("axe-core is not there: it comes with npm, see dev/test.")
        run_axe = RUN_AXE.replace('PART', json.dumps(part))
        code = f'{AXE.read_text()};(async () => {{{before};{run_axe}}})()'
        self.browser_js(url, code=code, ready="document.readyState === 'complete'", login=login)

    def _send_form(self, form, expected, values):
        """JavaScript that sends a form as a browser without scripts does, and shows what the answer is.

        :param str form: CSS selector
        :param str expected: CSS selector of what the answer holds
        :param dict values: what is entered, by the CSS selector of the field
        """
        return f"""{{
            const form = document.querySelector({json.dumps(form)});
            for (const [field, value] of Object.entries({json.dumps(values)})) {{
                form.querySelector(field).value = value;
            }}
            const answer = await fetch(form.action, {{method: "POST", body: new FormData(form)}});
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            if (!page.querySelector({json.dumps(expected)})) {{
                console.error("The answer is another page.");
            }}
            document.querySelector("#wrap").replaceWith(page.querySelector("#wrap"));
        }}"""


@tagged('post_install', '-at_install')
class TestPortalAccessibility(AccessibilityCommon, PortalCommon):
    """The pages of customers with a login."""

    def test_the_form(self):
        self.env['res.partner'].create({'name': "Depot", 'parent_id': self.customer.id, 'type': 'delivery'})
        self._create_delivered_order(quantity=1)
        self._check_page(f'/my/orders/{self.order.id}/return')

    def test_a_form_with_something_wrong(self):
        self._check_page(f'/my/orders/{self.order.id}/return', before=self._send_form(
            '.o_returns_request', "[role=alert] a[href^='#quantity_']", {'.o_returns_quantity': '9'}))

    def test_the_home_page_and_the_page_of_an_order(self):
        self._create_confirmed_return(self.order)
        self._check_page('/my', part=".o_portal_index_card:has(a[href^='/my/returns'])")
        self._check_page(f'/my/orders/{self.order.id}', part='[name^=o_returns]')

    def test_the_lists(self):
        self._create_confirmed_return(self.order)
        self._check_page('/my/returns')
        self._check_page('/my/returns/new')

    def test_a_return_to_be_sent(self):
        self._check_page(f'/my/returns/{self._create_confirmed_return(self.order).id}')

    def test_a_return_with_a_question(self):
        self.policy.auto_approve = False
        return_order = self._create_return(self.order)
        return_order.action_submit()
        return_order.action_ask_customer("Which colour?")
        self._check_page(f'/my/returns/{return_order.id}')

    def test_a_return_with_something_wrong(self):
        url = f'/my/returns/{self._create_confirmed_return(self.order).id}'
        for name, field, value in (('message', '[name=text]', ''), ('sent', '[name=date_sent]', '2020-01-01')):
            with self.subTest(name=name):
                self._check_page(url, before=self._send_form(
                    f"form[action$='/{name}']", f'#o_returns_error_{name}', {field: value}))

    def test_a_return_with_findings(self):
        return_order = self._create_confirmed_return(self.order)
        self._receive(return_order)
        Return = self.env.registry['returns.order']
        self.patch(Return, '_get_customer_findings', lambda order: [{'product': "Shoe", 'text': "It was worn."}])
        self.patch(Return, '_can_be_disputed', lambda order: True)
        self._check_page(f'/my/returns/{return_order.id}')

    def test_returns_that_ended_another_way(self):
        self.policy.auto_approve = False
        cancelled, refused = (self._create_return(self.order, quantity=1) for _number in range(2))
        (cancelled | refused).action_submit()
        cancelled.action_cancel()
        refused.refusal_note = "The sole is worn."
        refused.action_refuse()
        for return_order in (cancelled, refused):
            self._check_page(f'/my/returns/{return_order.id}')

    def test_a_return_that_has_ended(self):
        return_order = self._create_confirmed_return(self.order)
        self._pay_out(return_order)
        return_order._post_from_customer(self.customer, "Thank you")
        self._check_page(f'/my/returns/{return_order.id}')


@tagged('post_install', '-at_install')
class TestPortalAccessibilityGuest(AccessibilityCommon, GuestCommon):
    """The pages of those without one."""

    def test_asking_for_a_link(self):
        self._check_page('/returns', login=None)
        self._check_page('/returns?expired=1', login=None)

    def test_the_orders_of_a_guest(self):
        self._create_confirmed_return(self.guest_order)
        self._check_page(self._get_link(), login=None)

    def test_the_policy(self):
        self._check_page('/returns/policy', login=None)

    def test_a_withdrawal(self):
        self._check_page(f'/my/orders/{self.guest_order.id}/withdraw?access_token={self._get_token()}', login=None)
        self._create_portal_user('test_gina', self.guest)
        self._check_page('/my/returns/withdraw', login='test_gina')

    def test_what_is_confirmed_and_what_is_wrong(self):
        url = f'/my/orders/{self.guest_order.id}/withdraw?access_token={self._get_token()}'
        for name, expected in (("Gina", '[name=declaration]'), ("", '#name_error')):
            with self.subTest(name=name):
                self._check_page(url, login=None, before=self._send_form(
                    "form[action$='/withdraw']", expected, {'[name=name]': name}))

    def test_a_withdrawal_that_is_done_and_one_that_is_none(self):
        order = self._create_order(partner_id=self.guest.id)
        url = f'/my/orders/{order.id}/withdraw?access_token={self._get_token()}'
        stated = self._send_form("form[action$='/withdraw']", '[name=declaration]', {})
        confirmed = self._send_form("form[action$='/confirm']", '.alert-success', {})
        self._check_page(url, login=None, before=stated + confirmed)
        self.env.invalidate_all()
        self.assertTrue(order.returns_withdrawn_on)
        self.guest.country_id = self.env.ref('base.us')
        self._check_page(url, login=None)
