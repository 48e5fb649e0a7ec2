import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** At most so many clicks and entries from the list of returns to the confirmed return. */
const MAX_ACTIONS = 8;

function countActions(steps) {
    const count = steps.filter((step) => step.run).length;
    if (count > MAX_ACTIONS) {
        throw new Error(`Two of three sizes take ${count} clicks and entries, more than ${MAX_ACTIONS}.`);
    }
    return steps;
}

const line = (text) => `.o_returns_phone_line:contains(${text})`;

tours.add("returns_phone_tour", {
    steps: () =>
        countActions([
            {trigger: ".o_control_panel button:contains(Find Order)", run: "click"},
            {trigger: ".o_returns_phone input[name=term]:focus"},
            {trigger: ".o_returns_phone input[name=term]", run: "edit WEB-4711"},
            {trigger: ".o_returns_phone input[name=term]", run: "press Enter"},
            {trigger: `${line("38")} .badge:contains(Fine)`},
            {trigger: `${line("38")} input.o_returns_phone_quantity:focus`},
            {trigger: `${line("38")} .o_returns_phone_more`, run: "click"},
            {trigger: `${line("40")} .o_returns_phone_more`, run: "click"},
            {trigger: `${line("38")} select`, run: "selectByLabel Does not fit"},
            {trigger: `${line("40")} select:has(option:checked:contains(Does not fit))`},
            {trigger: ".o_returns_phone_footer:contains(200.00)"},
            {trigger: ".o_returns_phone_confirm", run: "click"},
            {trigger: ".o_returns_phone_done:contains(RMA/)"},
        ]),
});

const search = (term) => [
    {trigger: ".o_returns_phone input[name=term]", run: `edit ${term}`},
    {trigger: ".o_returns_phone input[name=term]", run: "press Enter"},
];

tours.add("returns_phone_words_tour", {
    steps: () => [
        ...search("no such thing"),
        {trigger: ".o_returns_phone_nothing:contains(no such thing):contains(order number)"},
        ...search("Test Customer"),
        {trigger: ".o_returns_phone_customer:contains(Ghent)"},
        {trigger: ".o_returns_phone_customer:not(:contains(Ghent))", run: "click"},
        {trigger: `${line("Test Shoe")} .badge:contains(Needs a look)`},
        {trigger: ".o_returns_phone_confirm", run: "click"},
        {trigger: ".o_returns_phone_error:contains(Choose at least one product)"},
        {trigger: `${line("Test Shoe")} input.o_returns_phone_quantity`, run: "edit 9"},
        {trigger: `${line("Test Shoe")}:contains(Only 5)`},
        {trigger: ".o_returns_phone_confirm", run: "click"},
        {trigger: ".o_returns_phone_error:contains(Choose why it comes back)"},
        {trigger: `${line("Test Shoe")} select`, run: "selectByLabel Does not fit"},
        {trigger: ".o_returns_phone_confirm", run: "click"},
        {trigger: ".o_returns_phone_error:contains(Only 5)"},
        {trigger: `${line("Test Shoe")} input.o_returns_phone_quantity`, run: "edit 1"},
        {trigger: ".o_returns_phone_footer .alert-warning:contains(returns administrator)"},
        {trigger: ".o_returns_phone_confirm", run: "click"},
        {trigger: ".o_returns_phone_done:contains(waits for a returns administrator)"},
        {trigger: ".o_returns_phone button:contains(Another One)", run: "click"},
        {trigger: ".o_returns_phone input[name=term]:focus"},
        ...search("LATE-1"),
        {trigger: `${line("Test Shoe")}:contains(Already on a return) a:contains(RMA/)`, run: "click"},
        {trigger: ".o_form_view .o_arrow_button_current:contains(Requested)"},
    ],
});
