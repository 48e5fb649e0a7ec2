import {_t} from "@web/core/l10n/translation";
import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {RPCError} from "@web/core/network/rpc";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const LIMIT = 80;

/**
 * A return while the customer is on the phone: one text finds what was delivered, then quantities, reasons, Confirm.
 * All rules are on the server; this page shows what it says.
 */
export class ReturnsPhone extends Component {
    static template = "returns_management.ReturnsPhone";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.keepLastSearch = new KeepLast();
        this.keepLastCheck = new KeepLast();
        this.checkSoon = useDebounced(() => this.check(), 250);
        this.state = useState(this.nothing);
        onWillStart(async () => {
            [this.reasons, this.fields, this.isManager] = await Promise.all([
                this.orm.searchRead("returns.reason", [], ["name"]),
                this.orm.call("returns.order", "fields_get", [["legal_basis"], ["selection"]]),
                user.hasGroup("returns_management.group_returns_manager"),
            ]);
            const customer = this.props.action.params?.customer;
            if (customer) {
                await this.search(customer);
            }
        });
        // Whoever types goes on typing: in the next field that is to be filled.
        useEffect(
            () => this.root.el?.querySelector("[data-focus]")?.focus(),
            () => [this.state.found, this.state.done],
        );
    }

    /** What the page shows before anything was searched. */
    get nothing() {
        return {
            term: "",
            note: "",
            legalBasis: "policy",
            isSearching: false,
            found: null,
            lines: [],
            amount: false,
            error: "",
            done: null,
            isSaving: false,
        };
    }

    // Search

    async search(customer = null) {
        const {term} = this.state;
        if (!term.trim() && !customer) {
            return;
        }
        this.state.isSearching = true;
        this.state.error = "";
        try {
            const found = await this.keepLastSearch.add(
                this.orm.call("returns.order", "search_delivered", [term], {customer, limit: LIMIT}),
            );
            this.show({...found, term});
        } finally {
            this.state.isSearching = false;
        }
    }

    /** Every order of the customer, also those that the text does not mean. What is chosen stays. */
    searchAllOrders() {
        const customer = this.state.found.customer.key;
        this.state.term = "";
        return this.search(customer);
    }

    show(found) {
        const chosen = this.isSameCustomer(found.customer) ? this.chosenLines : [];
        const ids = chosen.map((line) => line.move_id);
        this.state.lines = [...chosen, ...found.lines.filter((line) => !ids.includes(line.move_id))];
        this.state.found = found;
        this.state.amount = false;
        this.checkSoon();
    }

    /** One return is for one customer, one company, one currency. */
    isSameCustomer(customer) {
        const key = this.state.found?.customer?.key;
        return Boolean(key && customer) && Object.keys(key).every((name) => key[name] === customer.key[name]);
    }

    // Lines

    get chosenLines() {
        return this.state.lines.filter((line) => line.quantity);
    }

    /** The lines by order, in the order in which they were found. */
    get orders() {
        const orders = new Map();
        for (const line of this.state.lines) {
            if (!orders.has(line.order.id)) {
                orders.set(line.order.id, {...line.order, lines: []});
            }
            orders.get(line.order.id).lines.push(line);
        }
        return [...orders.values()];
    }

    /** Where to go on typing: the first product that can still come back. */
    isFirstReturnable(line) {
        return line === this.orders.flatMap((order) => order.lines).find(({qty_returnable}) => qty_returnable > 0);
    }

    setQuantity(line, quantity) {
        line.quantity = Math.max(0, quantity || 0);
        if (line.quantity && !line.reason_id) {
            line.reason_id = this.lastReasonId;
        }
        this.state.error = "";
        this.checkSoon();
    }

    /** Serial numbers are counted, of a lot there may be any quantity. */
    toggleLot(line, lot) {
        line.lot_ids = line.lot_ids.includes(lot.id)
            ? line.lot_ids.filter((id) => id !== lot.id)
            : [...line.lot_ids, lot.id];
        this.setQuantity(line, line.is_serial ? line.lot_ids.length : line.quantity || 1);
    }

    /** The reason of one product is the reason of those that have none yet. */
    setReason(line, reasonId) {
        line.reason_id = reasonId;
        this.lastReasonId = reasonId;
        for (const other of this.chosenLines) {
            other.reason_id ||= reasonId;
        }
        this.state.error = "";
        this.checkSoon();
    }

    get wishes() {
        return this.chosenLines.map(({move_id, quantity, reason_id, lot_ids}) => ({
            move_id,
            quantity,
            reason_id: reason_id || false,
            lot_ids,
        }));
    }

    async check() {
        const {amount, verdicts} = await this.keepLastCheck.add(
            this.orm.silent.call("returns.order", "check_phone_lines", [this.wishes, this.values]),
        );
        this.state.amount = amount;
        for (const line of this.state.lines) {
            Object.assign(line, verdicts[line.move_id]);
        }
    }

    /** What the page asks for besides the lines. */
    get values() {
        return {customer_note: this.state.note, legal_basis: this.state.legalBasis};
    }

    setLegalBasis(legalBasis) {
        this.state.legalBasis = legalBasis;
        this.state.error = "";
        this.checkSoon();
    }

    get objections() {
        return this.chosenLines.flatMap((line) => line.objections);
    }

    /** What Confirm is going to do, when the policy objects. */
    get consequence() {
        if (!this.objections.length) {
            return "";
        }
        if (this.isManager && this.objections.every(({waivable}) => waivable)) {
            return _t(
                "Something speaks against it. Confirm approves it nevertheless, and leaves a note on the return.",
            );
        }
        return this.isManager
            ? _t("Something speaks against it that nobody can overrule. Confirm leaves it for review.")
            : _t("Something speaks against it. Confirm leaves it for a returns administrator to decide.");
    }

    // Confirm

    async confirm() {
        this.state.isSaving = true;
        try {
            this.state.done = await this.orm.call("returns.order", "create_by_phone", [this.wishes, this.values]);
        } catch (error) {
            if (!(error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions."))) {
                throw error;
            }
            this.state.error = error.data.message;
        } finally {
            this.state.isSaving = false;
        }
    }

    restart() {
        this.lastReasonId = false;
        Object.assign(this.state, this.nothing);
    }

    printSlip() {
        return this.action.doAction("returns_management.returns_order_slip_action", {
            additionalContext: {active_model: "returns.order", active_ids: [this.state.done.id]},
        });
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    // Texts

    get nothingFound() {
        return _t("Nothing was found for “%s”.", this.state.found.term);
    }

    /** For who hears the page instead of seeing it. */
    getQuantityLabel({product}) {
        return _t("How many of %s come back?", [product.name, product.attributes].filter(Boolean).join(" "));
    }

    getReasonLabel({product}) {
        return _t("Why does %s come back?", product.name);
    }

    formatDay(day) {
        return day ? formatDate(deserializeDate(day)) : "";
    }

    formatQuantity(quantity) {
        return formatFloat(quantity, {digits: [16, 2], trailingZeros: false});
    }

    badge(line) {
        return {accepted: "text-bg-success", review: "text-bg-warning", refused: "text-bg-danger"}[line.eligibility];
    }
}

registry.category("actions").add("returns_management.phone", ReturnsPhone);
