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

tours.add("returns_portal_request_tour", {
    steps: () =>
        countTaps([
            {trigger: "a[name=o_returns_request]", run: "click", expectUnloadPage: true},
            {trigger: ".o_returns_live .o_returns_quantity", run: "edit 2"},
            {trigger: ".o_returns_chosen select[name^=reason_]", run: "selectByLabel Does not fit"},
            {trigger: ".o_returns_amount:contains(230.00)"},
            {trigger: ".o_returns_summary button[type=submit]", run: "click", expectUnloadPage: true},
            {trigger: "section[name=send]"},
        ]),
});
