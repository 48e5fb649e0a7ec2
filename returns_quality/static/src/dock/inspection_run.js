/**
 * What an inspector says about one part of the goods, before it is sent.
 *
 * Only a picture of the server's rules, so that the page can show at once what follows: the server decides.
 */
export class InspectionRun {
    constructor(inspection) {
        this.inspection = inspection;
        this.quantity = inspection.quantity;
        this.answers = {}; // by id: pass, fail, a number as a text, the id of a choice, a text, a list of pictures
        this.gradeId = false; // what was tapped; else the proposed one
        this.isRefused = null;
        this.dispositionId = false;
        this.defectIds = [];
        this.discrepancy = false;
        this.refusalNote = "";
        this.note = "";
    }

    get isTouched() {
        return (
            Object.keys(this.answers).length > 0 ||
            Boolean(this.gradeId || this.dispositionId || this.discrepancy || this.refusalNote || this.note) ||
            this.isRefused !== null ||
            this.defectIds.length > 0 ||
            this.quantity !== this.inspection.quantity
        );
    }

    /** @returns {"open"|"pass"|"fail"} what an answer means, at once: a measure is in or out of its limits */
    outcome(item) {
        const value = this.answers[item.id];
        if (value === undefined || value === "" || (Array.isArray(value) && !value.length)) {
            return "open";
        }
        if (item.kind === "pass_fail") {
            return value;
        }
        if (item.kind === "measure") {
            const number = this.number(item);
            if (Number.isNaN(number)) {
                return "open";
            }
            return item.low <= number && number <= item.high ? "pass" : "fail";
        }
        if (item.kind === "choice") {
            return item.choices.find((choice) => choice.id === value).fails ? "fail" : "pass";
        }
        return "pass";
    }

    number(item) {
        return Number(String(this.answers[item.id]).replace(",", "."));
    }

    get missing() {
        return this.inspection.answers.filter((item) => item.is_required && this.outcome(item) === "open");
    }

    /** What is neither passed by a tap on “everything is fine” nor answered. */
    get missingForPass() {
        return this.missing.filter((item) => item.kind !== "pass_fail");
    }

    get answered() {
        return this.inspection.answers.filter((item) => this.outcome(item) !== "open").length;
    }

    get hasFailed() {
        return this.inspection.answers.some((item) => this.outcome(item) === "fail");
    }

    get proposed() {
        const {grades, answers} = this.inspection;
        const failed = answers.filter((item) => this.outcome(item) === "fail");
        if (!failed.length) {
            return grades[0];
        }
        const places = failed
            .filter((item) => item.fail_grade_id || item.is_critical)
            .map((item) =>
                item.fail_grade_id ? grades.findIndex((grade) => grade.id === item.fail_grade_id) : grades.length - 1,
            );
        return places.length ? grades[Math.max(...places)] : undefined;
    }

    get grade() {
        return this.inspection.grades.find((grade) => grade.id === this.gradeId) || this.proposed;
    }

    get refused() {
        return this.isRefused === null ? Boolean(this.grade) && !this.grade.share : this.isRefused;
    }

    disposition(dispositions) {
        if (this.dispositionId) {
            return dispositions.find((one) => one.id === this.dispositionId);
        }
        if (this.refused) {
            return dispositions.find((one) => one.action === "send_back");
        }
        return dispositions.find((one) => one.id === this.grade?.disposition_id);
    }

    /** What the server reads. */
    get wish() {
        const answers = {};
        for (const item of this.inspection.answers) {
            if (this.outcome(item) !== "open") {
                answers[item.id] = item.kind === "measure" ? this.number(item) : this.answers[item.id];
            }
        }
        return {
            inspection_id: this.inspection.id,
            seen: this.inspection.quantity,
            quantity: this.quantity,
            answers,
            result: {
                grade_id: this.grade?.id,
                is_refused: this.isRefused,
                disposition_id: this.dispositionId || null,
                defect_ids: this.defectIds,
                discrepancy: this.discrepancy || null,
                refusal_note: this.refusalNote,
                note: this.note,
            },
        };
    }
}
