import {_t} from "@web/core/l10n/translation";
import {ReturnsDock} from "@returns_management/dock/dock";
import {patch} from "@web/core/utils/patch";

import {InspectionCard} from "./inspection_card";

ReturnsDock.components = {...ReturnsDock.components, InspectionCard};

/** What was received is inspected at once: the next one comes by itself, until the parcel is done. */
patch(ReturnsDock.prototype, {
    setup() {
        super.setup();
        Object.assign(this.state, {choices: {defects: [], dispositions: []}});
    },

    getNoParcel() {
        return {...super.getNoParcel(), inspections: false, inspectedCount: 0, isInspectionTouched: false};
    },

    async start() {
        await super.start();
        const session = await this.orm.call("returns.dock", "get_session", [this.state.warehouseId]);
        if (!session.inspection) {
            return;
        }
        this.state.choices = session.inspection;
        if ((this.props.action.params || {}).inspect) {
            await this.onNextInspections();
        }
    },

    show(answer) {
        super.show(answer);
        const isReceived = answer.kind === "return" && !answer.lines.some((line) => line.expected);
        if (isReceived && answer.inspections?.length) {
            this.inspect(answer.inspections);
        }
    },

    async finish(method, args) {
        const result = await super.finish(method, args);
        if (result?.inspections?.length) {
            this.inspect(result.inspections);
        }
        return result;
    },

    async scan(code) {
        const {inspections, isInspectionTouched} = this.state;
        if (!inspections) {
            return super.scan(code);
        }
        if (isInspectionTouched) {
            this.state.waitingCode = code;
            return this.tell("warning", _t("Finish %s first, or leave it.", inspections[0].name));
        }
        const found = inspections.findIndex(
            (inspection) => inspection.lot_name && inspection.lot_name.toLowerCase() === code.trim().toLowerCase(),
        );
        if (found >= 0) {
            this.state.inspections = [inspections[found], ...inspections.toSpliced(found, 1)];
            return this.tell("success", inspections[found].lot_name);
        }
        return super.scan(code);
    },

    inspect(inspections) {
        Object.assign(this.state, {card: false, count: false, inspections, isInspectionTouched: false});
    },

    onInspectionTouched() {
        this.state.isInspectionTouched = true;
    },

    /** What waits longest, whatever it is. */
    async onNextInspections() {
        const inspections = await this.call("get_next_inspections");
        if (inspections?.length) {
            Object.assign(this.state, this.getNoParcel());
            this.inspect(inspections);
        } else if (inspections) {
            this.tell("success", _t("Nothing waits to be inspected."), [], true);
        }
    },

    async onInspected(wish) {
        if (this.state.busy) {
            return;
        }
        const result = await this.call("inspect", wish);
        if (!result) {
            return;
        }
        const {inspectedCount} = this.state;
        const isLast = !result.inspections.length;
        if (isLast) {
            Object.assign(this.state, {...this.getNoParcel(), doneToday: result.done_today});
        } else {
            this.inspect(result.inspections);
            this.state.inspectedCount = inspectedCount + 1;
        }
        this.tell("done", result.message, [], isLast);
    },

    /** This one has to wait: the next, until all were seen. */
    onInspectLater() {
        const [first, ...others] = this.state.inspections;
        if (others.length) {
            this.inspect([...others, first]);
        } else {
            this.onLeave();
        }
    },
});
