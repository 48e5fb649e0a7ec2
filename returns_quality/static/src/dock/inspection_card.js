import {_t} from "@web/core/l10n/translation";
import {readPhoto} from "@returns_management/dock/photo";
import {Component, markup, onWillUpdateProps, useState} from "@odoo/owl";

import {InspectionRun} from "./inspection_run";

/** One part of what was received, with its checklist: large buttons, the result below them follows from the answers. */
export class InspectionCard extends Component {
    static template = "returns_quality.InspectionCard";
    static props = {
        inspection: Object,
        number: Number,
        total: Number,
        choices: Object,
        busy: Boolean,
        onFinish: Function,
        onLater: Function,
        onTouch: Function,
    };

    setup() {
        this.state = useState({run: new InspectionRun(this.props.inspection), photos: [], isOpen: false, shown: false});
        onWillUpdateProps((next) => {
            const {inspection} = this.props;
            if (next.inspection.id !== inspection.id || next.inspection.quantity !== inspection.quantity) {
                Object.assign(this.state, {
                    run: new InspectionRun(next.inspection),
                    photos: [],
                    isOpen: false,
                    shown: false,
                });
            }
        });
    }

    get run() {
        return this.state.run;
    }

    get isWhole() {
        return this.run.quantity === this.props.inspection.quantity;
    }

    /** Untouched, one tap says that everything is fine. */
    get isClean() {
        return !this.run.hasFailed && !this.run.gradeId && !this.run.refused && !this.state.isOpen;
    }

    get disposition() {
        return this.run.disposition(this.props.choices.dispositions);
    }

    get mainLabel() {
        const {grade} = this.run;
        if (this.isClean) {
            return this.isWhole ? _t("Everything is fine") : _t("%(quantity)s are fine", {quantity: this.run.quantity});
        }
        if (!grade) {
            return _t("Choose a grade");
        }
        const result = this.run.refused ? _t("Refuse") : grade.code;
        return _t("%(result)s → %(place)s", {result, place: this.disposition?.name || ""});
    }

    get isReady() {
        const {run} = this;
        if (this.props.busy || !run.grade) {
            return false;
        }
        const missing = this.isClean ? run.missingForPass : run.missing;
        return !missing.length && (!run.refused || Boolean(run.refusalNote.trim() || run.note.trim()));
    }

    get hint() {
        const missing = this.isClean ? this.run.missingForPass : this.run.missing;
        if (missing.length) {
            return _t("Still open: %s", missing.map((item) => item.name).join(", "));
        }
        if (this.run.refused && !this.run.refusalNote.trim() && !this.run.note.trim()) {
            return _t("Say why it is refused: the customer reads it.");
        }
        return "";
    }

    instruction(item) {
        return markup(item.instruction);
    }

    touch() {
        document.activeElement?.blur?.();
        this.props.onTouch();
    }

    onAnswer(item, value) {
        this.touch();
        if (this.run.answers[item.id] === value) {
            delete this.run.answers[item.id];
        } else {
            this.run.answers[item.id] = value;
        }
    }

    onType(item, ev) {
        this.run.answers[item.id] = ev.target.value;
        this.props.onTouch();
    }

    onGrade(grade) {
        this.touch();
        Object.assign(this.run, {gradeId: grade.id, isRefused: null, dispositionId: false});
    }

    onRefuse() {
        this.touch();
        this.run.isRefused = !this.run.refused;
        this.run.dispositionId = false;
        if (this.run.isRefused && !this.run.grade) {
            this.run.gradeId = this.props.inspection.grades.at(-1).id;
        }
    }

    onDisposition(disposition) {
        this.touch();
        this.run.dispositionId = disposition.id;
    }

    onDefect(defect) {
        this.touch();
        const {defectIds} = this.run;
        this.run.defectIds = defectIds.includes(defect.id)
            ? defectIds.filter((id) => id !== defect.id)
            : [...defectIds, defect.id];
    }

    onDiscrepancy(discrepancy) {
        this.touch();
        this.run.discrepancy = this.run.discrepancy === discrepancy ? false : discrepancy;
    }

    onStep(step) {
        this.touch();
        const {quantity} = this.props.inspection;
        this.run.quantity = Math.min(quantity, Math.max(Math.min(1, quantity), this.run.quantity + step));
    }

    onMore() {
        this.touch();
        this.state.isOpen = !this.state.isOpen;
    }

    onShow(item) {
        this.state.shown = this.state.shown === item.id ? false : item.id;
    }

    async onPhotos(ev, item) {
        const files = [...ev.target.files];
        ev.target.value = "";
        const pictures = await Promise.all(files.map(readPhoto));
        if (item) {
            this.run.answers[item.id] = [...(this.run.answers[item.id] || []), ...pictures];
        } else {
            this.state.photos.push(...pictures);
        }
        this.props.onTouch();
    }

    send(photos) {
        return photos.map(({name, data}) => ({name, data}));
    }

    onFinish() {
        this.touch();
        const {wish} = this.run;
        for (const item of this.props.inspection.answers) {
            if (item.kind === "photo" && wish.answers[item.id]) {
                wish.answers[item.id] = this.send(wish.answers[item.id]);
            }
        }
        this.props.onFinish({...wish, pass_rest: this.isClean, photos: this.send(this.state.photos)});
    }
}
