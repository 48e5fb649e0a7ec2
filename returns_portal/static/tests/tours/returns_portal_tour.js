import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** At most so many taps and entries from the portal's first page to the return that is asked for. */
const MAX_TAPS = 12;

function countTaps(steps) {
    const count = steps.filter((step) => step.run).length;
    if (count > MAX_TAPS) {
        throw new Error(`A return takes ${count} taps and entries, more than ${MAX_TAPS}.`);
    }
    return steps;
}

/** From a page with a button to return items to the return that is approved. */
function askForTwo() {
    return [
        {trigger: "a[name=o_returns_request]", run: "click", expectUnloadPage: true},
        {trigger: ".o_returns_live .o_returns_quantity", run: "edit 2"},
        {trigger: ".o_returns_chosen select[name^=reason_]", run: "selectByLabel Does not fit"},
        {trigger: ".o_returns_amount:contains(230.00)"},
        {trigger: ".o_returns_summary button[type=submit]", run: "click", expectUnloadPage: true},
        {trigger: "section[name=send] img"},
    ];
}

tours.add("returns_portal_request_tour", {
    steps: () =>
        countTaps([
            {trigger: ".o_portal_docs a[href='/my/orders']", run: "click", expectUnloadPage: true},
            {trigger: ".o_portal_my_doc_table a[href*='/my/orders/']", run: "click", expectUnloadPage: true},
            ...askForTwo(),
        ]),
});

tours.add("returns_portal_sent_tour", {
    steps: () => [
        {trigger: "section[name=next_step]:contains(You)"},
        {trigger: "input[name=carrier]", run: "edit DHL"},
        {trigger: "input[name=tracking]", run: "edit JD014600003"},
        {trigger: "section[name=sent] button[type=submit]", run: "click", expectUnloadPage: true},
        {trigger: "[role=status]:contains(we expect your parcel)"},
        {trigger: ".o_returns_phase_current:contains(Parcel arrived)"},
    ],
});

tours.add("returns_portal_paid_tour", {
    steps: () => [
        {trigger: "section[name=money]:contains(paid)"},
        {trigger: ".o_returns_phase_done:contains(Money back)"},
        {trigger: "input[name=rate][value=good]", run: "click"},
        {trigger: "section[name=rating] button[type=submit]", run: "click", expectUnloadPage: true},
        {trigger: "[role=status]:contains(rating)"},
    ],
});

tours.add("returns_portal_guest_ask_tour", {
    steps: () => [
        {trigger: "input[name=number]", run: "edit S12345"},
        {trigger: "input[name=email]", run: "edit gina@example.com"},
        {trigger: ".o_returns_guest button[type=submit]", run: "click", expectUnloadPage: true},
        {trigger: "[name=asked]:contains(on its way)"},
    ],
});

tours.add("returns_portal_guest_tour", {
    steps: askForTwo,
});

tours.add("returns_portal_withdrawal_tour", {
    steps: () => [
        {trigger: "a[name=o_returns_withdraw]", run: "click", expectUnloadPage: true},
        {trigger: "input[name^=quantity_]:value(5)"},
        {trigger: "form button[type=submit]:contains(Continue)", run: "click", expectUnloadPage: true},
        {trigger: "[name=declaration]:contains(gina@example.com)"},
        {trigger: "button:contains(Confirm withdrawal)", run: "click", expectUnloadPage: true},
        {trigger: "[role=status]:contains(received your withdrawal)"},
        {trigger: "section[name=send] img"},
    ],
});

tours.add("returns_portal_paid_back_tour", {
    steps: () => [
        {trigger: "section[name=money]:contains(paid)"},
        {trigger: ".o_returns_phase_done:contains(Money back)"},
    ],
});
