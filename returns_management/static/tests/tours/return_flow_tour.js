import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

/** From the delivered order to the approved return, as somebody who only handles returns. */
tours.add("returns_clerk_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("returns_management.returns_menu_root", "Open the Returns app"),
        {trigger: "[data-menu-xmlid='returns_management.returns_order_menu_root']", run: "click"},
        {trigger: "[data-menu-xmlid='returns_management.returns_menu_delivered']", run: "click"},
        {trigger: ".o_breadcrumb:contains(Delivered Orders)"},
        {trigger: ".o_data_row:contains(Test Customer) td[name=partner_id]", run: "click"},
        {trigger: "button[name=action_create_return]", run: "click"},
        {trigger: ".o_field_widget[name=line_ids] .o_data_row td[name=product_uom_qty]", run: "click"},
        {trigger: ".o_field_widget[name=product_uom_qty] input", run: "edit 2"},
        {trigger: ".o_data_row td[name=reason_id]", run: "click"},
        {trigger: ".o_field_widget[name=reason_id] input", run: "edit Does not"},
        {trigger: ".ui-autocomplete a:contains(Does not fit)", run: "click"},
        {trigger: ".o_data_row .o_field_badge:contains(Fine)"},
        {trigger: "button[name=action_confirm]", run: "click"},
        {trigger: ".o_arrow_button_current:contains(Approved)"},
        {trigger: ".o_field_widget[name=next_step]:contains(Send goods)"},
    ],
});

/** From the announced parcel to the received one, as somebody who only works in the warehouse. */
tours.add("returns_warehouse_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("stock.menu_stock_root", "Open the Inventory app"),
        {trigger: ".o_kanban_record:contains(Returns) button[name=get_action_picking_tree_ready]", run: "click"},
        {trigger: ".o_data_row:contains(RMA/) td[name=partner_id]", run: "click"},
        {trigger: ".o_form_view .o_field_widget[name=returns_order_id]:contains(RMA/)"},
        {trigger: "button[name=button_validate]", run: "click"},
        {trigger: ".o_arrow_button_current:contains(Done)"},
    ],
});

/** From the draft credit note to the posted one, as an accountant. */
tours.add("returns_accountant_tour", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("account.menu_finance", "Open the Invoicing app"),
        {trigger: "[data-menu-xmlid='account.menu_finance_receivables']", run: "click"},
        {trigger: "[data-menu-xmlid='account.menu_action_move_out_refund_type']", run: "click"},
        {trigger: ".o_breadcrumb:contains(Credit Notes)"},
        {trigger: ".o_data_row:contains(Test Customer) td[name=invoice_partner_display_name]", run: "click"},
        {trigger: ".o_form_view button[name=action_view_returns]:contains(Return)"},
        {trigger: "button[name=action_post]", run: "click"},
        {trigger: ".o_arrow_button_current:contains(Posted)"},
        {trigger: "button[name=action_view_returns]", run: "click"},
        {trigger: ".o_arrow_button_current:contains(Done)"},
    ],
});
