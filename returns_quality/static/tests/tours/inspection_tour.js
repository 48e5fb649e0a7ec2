import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** What a scanner does that plugs in as a keyboard, while no field has the focus. */
function scan(code) {
    for (const key of [...code, "Enter"]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    }
}

const scanning = (code) => ({trigger: ".o_returns_dock[data-busy='0']", run: () => scan(code)});
const done = (text) => ({trigger: `.o_returns_dock_message[data-type='done']:contains(${text})`});
const finish = (text) => ({trigger: `.o_returns_inspection_finish:enabled:contains(${text})`, run: "click"});

/** From the scan of a clean parcel to its finished inspection: two taps. */
tours.add("returns_inspection_clean_tour", {
    url: "/odoo/receive-parcels",
    steps: () => [
        {trigger: ".o_returns_dock_ready:contains(Scan the parcel)"},
        scanning("TAB01"),
        {trigger: ".o_returns_dock_receive:contains(Receive all 1)", run: "click"},
        {trigger: ".o_returns_inspection[data-title='TAB/01'] .o_returns_inspection_number:contains(1 of 1)"},
        finish("Everything is fine"),
        done("Restock"),
        {trigger: ".o_returns_dock_ready:contains(Scan the next parcel)"},
    ],
});

/** Every kind of answer, a part that is refused, a measure out of its limits, a serial number, later and back. */
tours.add("returns_inspection_ways_tour", {
    url: "/odoo/receive-parcels",
    steps: () => [
        {trigger: ".o_returns_dock_ready:contains(Scan the parcel)"},
        {content: "Three pieces: two are fine", ...scanning("TAB02")},
        {trigger: ".o_returns_dock_receive:contains(Receive all 3)", run: "click"},
        {trigger: ".o_returns_inspection_stepper button:contains(−)", run: "click"},
        {trigger: ".o_returns_inspection_hint:contains(Still open: Weight)"},
        {trigger: ".o_returns_inspection_measure", run: "edit 1.5"},
        {trigger: ".o_returns_inspection_item[data-outcome='pass'] .badge:contains(In limits)"},
        {trigger: ".o_returns_inspection_choice:contains(New)", run: "click"},
        finish("2 are fine"),
        done("Like new"),

        {content: "The third is too heavy, and refused", trigger: ".o_returns_inspection_number:contains(2 of 2)"},
        {trigger: ".o_returns_inspection_pass", run: "click"},
        {trigger: ".o_returns_inspection_measure", run: "edit 7"},
        {trigger: ".o_returns_inspection_out:contains(Out of limits)"},
        {trigger: ".o_returns_inspection_choice:contains(Worn)", run: "click"},
        {trigger: ".o_returns_inspection_grade[data-code='D']", run: "click"},
        {trigger: ".o_returns_inspection_disposition.btn-primary:contains(Send back)"},
        {trigger: ".o_returns_inspection_defect:contains(Worn)", run: "click"},
        {trigger: ".o_returns_inspection_hint:contains(Say why)"},
        {trigger: ".o_returns_inspection_why", run: "edit The soles are worn"},
        finish("Refuse"),
        done("refused"),
        {trigger: ".o_returns_dock_ready:contains(Scan the next parcel)"},

        {content: "Two serial numbers, the second one first", ...scanning("TAB03")},
        {trigger: ".o_returns_dock_receive:contains(Receive all 2)", run: "click"},
        {trigger: ".o_returns_inspection[data-lot='SN-1']"},
        scanning("SN-2"),
        {trigger: ".o_returns_inspection[data-lot='SN-2']"},
        {trigger: ".o_returns_inspection_later", run: "click"},
        {trigger: ".o_returns_inspection[data-lot='SN-1']"},
        {trigger: ".o_returns_inspection_fail", run: "click"},
        {content: "Another parcel has to wait", trigger: ".o_returns_inspection_fail.btn-danger"},
        scanning("TAB02"),
        {trigger: ".o_returns_dock_message[data-type='warning']:contains(Finish)"},
        {trigger: ".o_returns_inspection_grade[data-code='B']", run: "click"},
        finish("B → Restock"),
        {trigger: ".o_returns_inspection[data-lot='SN-2']"},
        finish("Everything is fine"),
        done("Restock"),

        {content: "What waits since yesterday", trigger: ".o_returns_dock_inspect", run: "click"},
        {trigger: ".o_returns_inspection[data-title='TAB/04']"},
    ],
});
