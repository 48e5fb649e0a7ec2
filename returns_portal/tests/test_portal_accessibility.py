import os
from pathlib import Path

from odoo.tests import tagged

from .common import GuestCommon, PortalCommon

#: Where the packages of npm are, axe-core among them.
AXE = Path(os.environ.get('NODE_PATH', 'nowhere')) / 'axe-core' / 'axe.min.js'
#: Says each serious finding in an error, which fails the test.
RUN_AXE = """
    axe.run("#wrap", {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then((result) => {
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

    def _check_page(self, url, login='test_portal', before=''):
        """
        :param str before: JavaScript that is run on the page first
        """
        if not AXE.exists():
            self.skipTest("axe-core is not there: it comes with npm, see dev/test.")
        code = f'{AXE.read_text()};(async () => {{{before};{RUN_AXE}}})()'
        self.browser_js(url, code=code, ready="document.readyState === 'complete'", login=login)


@tagged('post_install', '-at_install')
class TestPortalAccessibility(AccessibilityCommon, PortalCommon):
    """The pages of customers with a login."""

    def test_the_form(self):
        self.env['res.partner'].create({'name': "Depot", 'parent_id': self.customer.id, 'type': 'delivery'})
        self._create_delivered_order(quantity=1)
        self._check_page(f'/my/orders/{self.order.id}/return')

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
        for name, expected in (("Gina", "declaration"), ("", "name_error")):
            replace = (
                f"const form = document.querySelector('form[action$=withdraw]'); form.elements.name.value = '{name}';"
                "const answer = await fetch(form.action, {method: 'POST', body: new FormData(form)});"
                "const page = new DOMParser().parseFromString(await answer.text(), 'text/html');"
                f"if (!page.querySelector('[name={expected}], #{expected}')) {{ console.error('Not {expected}'); }}"
                "document.querySelector('#wrap').replaceWith(page.querySelector('#wrap'))")
            with self.subTest(name=name):
                self._check_page(url, login=None, before=replace)
