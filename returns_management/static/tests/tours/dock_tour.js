import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** What a scanner does that plugs in as a keyboard, while no field has the focus. */
function scan(code) {
    for (const key of [...code, "Enter"]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    }
}

const scanning = (code) => ({trigger: ".o_returns_dock[data-busy='0']", run: () => scan(code)});
const card = (title) => `.o_returns_dock_card[data-title='${title}']`;
const done = (text) => ({trigger: `.o_returns_dock_message[data-type='done']:contains(${text})`});
const warned = (text) => ({trigger: `.o_returns_dock_message[data-type='warning']:contains(${text})`});
const range = (first, last) => Array.from({length: last - first + 1}, (_, i) => String(first + i).padStart(2, "0"));

/** A cage of 60 parcels: 45 that are as announced, 10 unknown ones, 3 with a wrong item, 2 empty ones. */
tours.add("returns_dock_cage_tour", {
    url: "/odoo/receive-parcels",
    steps: () => [
        {trigger: ".o_returns_dock_ready:contains(Scan the parcel)"},
        ...range(1, 45).flatMap((number) => [
            scanning(Number(number) % 2 ? `CAGE${number}` : `TRACK-${number}`),
            {trigger: `${card(`CAGE/${number}`)} .o_returns_dock_receive:contains(Receive all 1)`, run: "click"},
            done(`CAGE/${number}: 1 received`),
        ]),
        ...range(1, 10).flatMap((number) => [
            scanning(`LOST-${number}`),
            {trigger: `.o_returns_dock_message:contains(LOST-${number})`},
            {trigger: ".o_returns_dock_record", run: "click"},
            done("Write PCL"),
        ]),
        ...range(46, 48).flatMap((number) => [
            scanning(`CAGE${number}`),
            {trigger: card(`CAGE/${number}`)},
            {trigger: ".o_returns_dock_wrong", run: "click"},
            {trigger: ".o_returns_dock_panel"},
            scanning("SOMEBODYS-HAT"),
            {trigger: ".o_returns_dock_held:contains(Hat)"},
            {trigger: ".o_returns_dock_card:not(:has(.o_returns_dock_panel)):has(.o_returns_dock_empty:disabled)"},
            {trigger: ".o_returns_dock_receive:contains(Hold the wrong items)", run: "click"},
            warned(`CAGE/${number}: 0 received`),
        ]),
        ...range(49, 50).flatMap((number) => [
            scanning(`CAGE${number}`),
            {trigger: `${card(`CAGE/${number}`)} .o_returns_dock_empty`, run: "click"},
            {trigger: ".o_returns_dock_panel .o_returns_dock_confirm", run: "click"},
            done(`CAGE/${number}: arrived empty`),
        ]),
        {trigger: ".o_returns_dock_done:contains(60)"},
    ],
});

/** Parcels that need more than one tap: counted by scans and taps, undone, chosen, searched, undeliverable. */
tours.add("returns_dock_ways_tour", {
    url: "/odoo/receive-parcels",
    steps: () => [
        {content: "Two of three, by scans", ...scanning("WAYS01")},
        {trigger: `${card("WAYS/01")} .o_returns_dock_receive:contains(Receive all 3)`},
        scanning("SHOE-1"),
        {trigger: ".o_returns_dock_receive:contains(Receive 1 of 3)"},
        scanning("SHOE-1"),
        {trigger: ".o_returns_dock_receive:contains(Receive 2 of 3)"},
        {content: "A wrong tap, undone", trigger: ".o_returns_dock_stepper button:contains(+)", run: "click"},
        {trigger: ".o_returns_dock_receive:contains(Receive all 3)"},
        {trigger: ".o_returns_dock_undo", run: "click"},
        {content: "Another parcel has to wait", trigger: ".o_returns_dock_receive:contains(Receive 2 of 3)"},
        scanning("WAYS02"),
        warned("Finish WAYS/01 first"),
        {trigger: ".o_returns_dock_receive:contains(Receive 2 of 3)", run: "click"},
        done("WAYS/01: 2 received"),

        {content: "Serial numbers", ...scanning("WAYS02")},
        {trigger: `${card("WAYS/02")} .o_returns_dock_lot.btn-success:contains(W1)`, run: "click"},
        {trigger: ".o_returns_dock_lot.btn-outline-secondary:contains(W1)"},
        {trigger: ".o_returns_dock_receive:contains(Receive 1 of 2)", run: "click"},
        done("WAYS/02: 1 received"),

        {content: "A name, then a tap on the order", trigger: ".o_returns_dock_code", run: "edit Nora Number"},
        {trigger: "button[title='Search']", run: "click"},
        {trigger: ".o_returns_dock_candidate:contains(PO-NORA-1)", run: "click"},
        {trigger: ".o_returns_dock_notice:contains(Nobody announced)"},
        {trigger: ".o_returns_dock_receive:contains(Receive all 2)", run: "click"},
        done("2 received, waits for review"),

        {content: "Back from the carrier", ...scanning("PO-NORA-2")},
        {trigger: ".o_returns_dock_undeliverable", run: "click"},
        {trigger: ".o_returns_dock_panel .o_returns_dock_confirm", run: "click"},
        done("2 received, waits for review"),

        {content: "A brick, and a note", ...scanning("WAYS03")},
        {trigger: `${card("WAYS/03")} .o_returns_dock_wrong`, run: "click"},
        {trigger: ".o_returns_dock_panel input", run: "edit A brick"},
        {trigger: ".o_returns_dock_foreign:enabled", run: "click"},
        {trigger: ".o_returns_dock_held:contains(A brick)"},
        {trigger: ".o_returns_dock_stepper button:contains(−)", run: "click"},
        {trigger: ".o_returns_dock_receive:contains(Hold)", run: "click"},
        warned("WAYS/03: 0 received"),

        {content: "A parcel that was put aside", ...scanning("NOBODY-KNOWS")},
        {trigger: ".o_returns_dock_unknown input[placeholder='Sender on the label']", run: "edit Somebody"},
        {trigger: ".o_returns_dock_record", run: "click"},
        done("Write PCL"),
        {trigger: "button:contains(Unknown parcels)", run: "click"},
        {trigger: ".o_kanban_record:contains(Somebody):contains(NOBODY-KNOWS)"},
    ],
});
