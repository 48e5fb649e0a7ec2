import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {registry} from "@web/core/registry";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useBus, useService} from "@web/core/utils/hooks";
import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";

import {beep} from "./feedback";
import {ParcelCount} from "./parcel_count";
import {readPhoto} from "./photo";

const WAREHOUSE_KEY = "returns_management.dock.warehouse";

/**
 * Receive parcels: scan, look, tap, and the page is ready for the next one.
 *
 * The server decides everything (`returns.dock`); what is counted here is a wish.
 */
export class ReturnsDock extends Component {
    static template = "returns_management.Dock";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.codeRef = useRef("code");
        this.panelRef = useRef("panel");
        this.hasCamera = isBarcodeScannerSupported();
        this.queue = Promise.resolve();
        this.state = useState({
            warehouses: [],
            warehouseId: false,
            doneToday: 0,
            message: false,
            ...this.getNoParcel(),
        });
        useBus(useService("barcode").bus, "barcode_scanned", (ev) => this.onCode(ev.detail.barcode));
        useEffect(
            () => {
                this.panelRef.el?.scrollIntoView({block: "nearest"});
            },
            () => [this.state.panel],
        );
        onWillStart(() => this.start());
    }

    getNoParcel() {
        return {
            card: false,
            count: false,
            candidates: false,
            isUnknown: false,
            unknownCode: "",
            panel: false,
            items: [],
            itemText: "",
            waitingCode: false,
            parcelId: false,
            photos: [],
            note: "",
            sender: "",
            busy: false,
        };
    }

    async start() {
        const params = this.props.action.params || {};
        const known = Number(browser.localStorage.getItem(WAREHOUSE_KEY)) || null;
        const session = await this.orm.call("returns.dock", "get_session", [known]);
        Object.assign(this.state, {
            warehouses: session.warehouses,
            warehouseId: session.warehouse_id,
            doneToday: session.done_today,
        });
        if (params.code) {
            await this.onCode(params.code);
            this.state.parcelId = params.parcel_id || false;
        }
    }

    // --- Talking to the server and to people ---

    /** Call the server for this warehouse; what it refuses is told on the page, and nothing is lost. */
    async call(method, args = {}) {
        this.state.busy = true;
        try {
            return await this.orm.call("returns.dock", method, [], {warehouse_id: this.state.warehouseId, ...args});
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.tell("danger", _t("No connection to Odoo. Check the network, then try again."));
            } else if (error instanceof RPCError && error.data?.name?.startsWith("odoo.exceptions.")) {
                this.tell("danger", error.data.message);
            } else {
                throw error;
            }
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    tell(type, text, details = [], isDone = false) {
        this.state.message = {type, text, details, isDone};
        beep(type);
    }

    /** Nothing keeps the focus, so that the next Enter of the scanner presses no button. */
    blur() {
        document.activeElement?.blur?.();
    }

    // --- Scanning ---

    /** Scans come faster than the server answers: one after the other. */
    onCode(code) {
        this.queue = this.queue.then(() => this.scan(code));
        return this.queue;
    }

    async scan(code) {
        const {card, count} = this.state;
        const shown = card && {[card.kind === "return" ? "order_id" : "sale_order_id"]: card.id};
        const answer = await this.call("scan", {code, ...shown});
        if (!answer) {
            return;
        }
        if (answer.kind === "item") {
            this.countItem(answer);
        } else if (count && (count.isTouched || this.state.photos.length || this.state.note)) {
            this.state.waitingCode = code;
            this.tell("warning", _t("Finish %s first, or leave it.", card.title));
        } else {
            this.show(answer);
        }
    }

    onSubmit() {
        const code = this.codeRef.el.value.trim();
        this.codeRef.el.value = "";
        this.blur();
        if (code) {
            this.onCode(code);
        }
    }

    async onCamera() {
        try {
            this.onCode(await scanBarcode(this.env));
        } catch (error) {
            this.tell("warning", error.message || _t("The camera cannot be used. Type the number instead."));
        }
    }

    show(answer) {
        const parcelId = this.state.parcelId;
        Object.assign(this.state, {...this.getNoParcel(), parcelId, message: false});
        if (answer.kind === "choose") {
            this.state.candidates = answer.candidates;
            this.tell("warning", _t("Which one is it?"));
        } else if (answer.kind === "unknown") {
            this.state.isUnknown = true;
            this.state.unknownCode = answer.code;
            this.tell(
                "danger",
                answer.code ? _t("Nothing is known about “%s”.", answer.code) : _t("Nobody knows whose it is."),
            );
        } else if (answer.kind === "parcel") {
            this.state.parcelId = answer.id;
            this.tell(
                "warning",
                _t("%s was put aside. Whose is it? Scan or type what you know.", answer.title),
                [answer.notice].filter(Boolean),
            );
        } else {
            this.state.card = answer;
            this.state.count = new ParcelCount(answer.lines);
            beep(answer.notice ? "warning" : "success");
        }
    }

    async onChoose(candidate) {
        this.blur();
        const answer = await this.call("open", {model: candidate.model, record_id: candidate.id});
        if (answer) {
            this.show(answer);
        }
    }

    countItem(item) {
        this.state.panel = false;
        const result = this.state.count.scan(item);
        const name = [item.name, item.lot_name].filter(Boolean).join(" ");
        if (result === "counted") {
            this.tell("success", _t("Counted: %s", name));
        } else if (result === "held") {
            this.tell("warning", _t("Not on this return, it will be held: %s", name));
        } else if (result === "again") {
            this.tell("warning", _t("%s is counted already.", name));
        } else {
            this.tell("danger", _t("Scan the serial or lot number of %s, not its product.", name));
        }
    }

    // --- Counting by hand ---

    onStep(line, step) {
        this.blur();
        this.state.count.setQuantity(line, this.state.count.quantities[line.id] + step);
    }

    onLot(line, lot, quantity) {
        this.blur();
        this.state.count.setLot(line, lot, quantity);
    }

    onUndo() {
        this.blur();
        this.state.count.undo();
        this.state.message = false;
    }

    onPanel(panel) {
        this.blur();
        this.state.panel = this.state.panel === panel ? false : panel;
        this.state.items = [];
    }

    async onFindItem(ev) {
        const text = ev.target.value.trim();
        this.state.itemText = text;
        this.state.items = text.length > 2 ? (await this.call("find_item", {text})) || [] : [];
    }

    onHold(item) {
        this.blur();
        this.state.count.hold(item);
        this.onPanel(false);
    }

    onHoldText() {
        this.onHold({name: this.state.itemText, text: this.state.itemText});
    }

    async onPhotos(ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        try {
            this.state.photos.push(...(await Promise.all(files.map(readPhoto))));
        } catch {
            this.tell("danger", _t("This is no picture. Take it again."));
        }
    }

    // --- Finishing ---

    get mainLabel() {
        const {card, count} = this.state;
        const {total, expected} = count;
        const held = count.held.reduce((sum, item) => sum + item.quantity, 0);
        if (!total) {
            return held ? _t("Hold the wrong items") : _t("Nothing counted");
        }
        if (held) {
            return _t("Receive %(total)s, hold %(held)s", {total, held});
        }
        if (count.isComplete) {
            return _t("Receive all %s", total);
        }
        return card.kind === "return"
            ? _t("Receive %(total)s of %(expected)s", {total, expected})
            : _t("Receive %s", total);
    }

    get extras() {
        return {note: this.state.note, photos: this.state.photos.map(({name, data}) => ({name, data}))};
    }

    async onReceive() {
        this.blur();
        const {card, count} = this.state;
        if (card.kind === "return") {
            await this.finish("receive", {order_id: card.id, ...count.wish});
        } else {
            await this.finish("receive_delivered", {sale_order_id: card.id, ...count.wish});
        }
    }

    onEmpty() {
        this.blur();
        return this.finish("receive_empty", {order_id: this.state.card.id});
    }

    onUndeliverable() {
        this.blur();
        return this.finish("receive_undeliverable", {picking_id: this.state.card.delivery_id});
    }

    onUnknown() {
        this.blur();
        return this.finish("record_unknown", {tracking_ref: this.state.unknownCode, sender: this.state.sender});
    }

    /** What was done is told, and the page is ready for the next parcel: the answer of the server, or false. */
    async finish(method, args) {
        if (this.state.busy) {
            return false;
        }
        const result = await this.call(method, {...args, ...this.extras});
        if (!result) {
            return false;
        }
        if (this.state.parcelId && result.order_id) {
            await this.call("resolve_parcel", {parcel_id: this.state.parcelId, order_id: result.order_id});
        }
        Object.assign(this.state, {...this.getNoParcel(), doneToday: result.done_today});
        this.tell(result.problems.length ? "warning" : "done", result.message, result.problems, true);
        return result;
    }

    /** The parcel is of this customer, but of something else. */
    async onOther() {
        this.blur();
        const answer = await this.call("find", {text: this.state.card.customer});
        if (answer) {
            this.show(answer);
        }
    }

    onLeave() {
        this.blur();
        const code = this.state.waitingCode;
        Object.assign(this.state, {...this.getNoParcel(), message: false});
        if (code) {
            this.onCode(code);
        }
    }

    async onWarehouse(ev) {
        browser.localStorage.setItem(WAREHOUSE_KEY, ev.target.value);
        this.onLeave();
        await this.start();
    }

    onParcels() {
        this.action.doAction("returns_management.returns_parcel_action");
    }
}

registry.category("actions").add("returns_management.dock", ReturnsDock);
