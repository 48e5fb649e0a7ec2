import {registry} from "@web/core/registry";

const group = (text) => `.o_group_header:contains(${text})`;
const button = (text) => `.o_control_panel button:contains(${text})`;

/** Unfold a group and choose all that is in it. */
const choose = (text, count) => [
    {trigger: `${group(text)}:contains(${count})`, run: "click"},
    {trigger: ".o_data_row"},
    {trigger: "thead .o_list_record_selector input", run: "click"},
    {trigger: `.o_selection_box:contains(${count})`},
];

/** What waits for a person, grouped by why: refused and approved by the group, then two that need more thought. */
registry.category("web_tour.tours").add("returns_triage_tour", {
    steps: () => [
        {content: "Refuse a group with one text", trigger: ".o_list_view"},
        ...choose("Too late", 18),
        {trigger: button("Refuse"), run: "click"},
        {trigger: ".modal [name=text_id] input", run: "edit Over"},
        {trigger: ".o-autocomplete--dropdown-item:contains(Over)", run: "click"},
        {trigger: ".modal [name=preview]:contains(Trop tard):contains(Too late)"},
        {trigger: ".modal footer button:contains(Refuse)", run: "click"},
        {trigger: ".o_notification:contains(18 returns refused)"},

        // An emptied group stays in the list until it is loaded anew.
        {content: "Approve a group but for what cannot be", trigger: `${group("Too late")}:contains((0))`},
        ...choose("Above the automatic limit", 20),
        {trigger: button("Approve"), run: "click"},
        {trigger: ".modal footer button:contains(Approve)", run: "click"},
        {trigger: ".modal:contains(19 returns approved):contains(DEAR/20):contains(Nothing is approved)"},
        {trigger: ".modal .btn-close", run: "click"},

        // A group that is opened while the list is loaded anew stays empty.
        {trigger: `${group("Above the automatic limit")}:contains((1))`},
        {content: "One of two pieces", trigger: `${group("A person decides")}:contains(2)`, run: "click"},
        {trigger: ".o_data_cell:contains(SLOW/01)", run: "click"},
        {trigger: ".o_form_view .o_data_cell[name=qty_approved]", run: "click"},
        {trigger: ".o_selected_row [name=qty_approved] input", run: "edit 1"},
        {trigger: ".o_form_view .o_list_footer_button, .o_form_view .o_form_label", run: "click"},
        {trigger: ".o_form_view .o_data_cell[name=refusal_note]", run: "click"},
        {trigger: ".o_selected_row [name=refusal_note] input", run: "edit One is worn"},
        {trigger: ".o_statusbar_buttons button[name=action_approve]", run: "click"},
        {trigger: ".o_arrow_button_current:contains(Approved)"},
        {trigger: ".breadcrumb-item:contains(To Review), .o_back_button", run: "click"},

        {content: "A question, and its answer", trigger: `${group("A person decides")}:contains((1))`},
        {trigger: ".o_data_cell:contains(SLOW/02)", run: "click"},
        {trigger: ".o_statusbar_buttons button:contains(Ask the Customer)", run: "click"},
        {trigger: ".modal [name=note] textarea", run: "edit Which size?"},
        {trigger: ".modal footer button:contains(Ask)", run: "click"},
        {trigger: ".o_form_view .alert-info:contains(Which size?)"},
        {trigger: ".o_statusbar_buttons button[name=action_answer_received]", run: "click"},
        {trigger: ".o_form_view:not(:has(.alert-info:visible)) [name=next_step]:contains(Review)"},
    ],
});
