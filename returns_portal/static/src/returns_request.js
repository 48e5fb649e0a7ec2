import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** How long nobody types before the server is asked, in milliseconds. */
const PAUSE = 300;

/**
 * The form of a return request, which works without this: what belongs to a product that is not sent back is hidden,
 * the amount to expect follows what is entered, and what is wrong is said before the files are sent.
 */
export class ReturnsRequest extends Interaction {
    static selector = ".o_returns_request";
    dynamicContent = {
        _root: {
            "t-on-input": this.debounced(this.onInput, PAUSE),
            "t-on-submit.prevent": this.onSubmit,
        },
        ".o_returns_quantity": {"t-on-input": this.updateLines},
        ".o_returns_line select": {"t-on-change": this.updateLines},
    };

    setup() {
        this.el.classList.add("o_returns_live");
        this.updateLines();
    }

    updateLines() {
        for (const line of this.el.querySelectorAll(".o_returns_line")) {
            this.updateLine(line);
        }
    }

    updateLine(line) {
        const quantity = line.querySelector(".o_returns_quantity");
        const wish = line.querySelector(".o_returns_wish")?.selectedOptions[0];
        const reason = line.querySelector("select[name^=reason_]")?.selectedOptions[0];
        const show = (selector, shown) => line.querySelector(selector)?.classList.toggle("d-none", !shown);
        line.classList.toggle("o_returns_chosen", Boolean(quantity && quantity.value && quantity.value !== "0"));
        show(".o_returns_exchange", wish?.dataset.action === "exchange");
        show(".o_returns_needed_comment", reason?.dataset.comment);
        show(".o_returns_needed_photo:not([data-always])", reason?.dataset.photo);
    }

    async onInput() {
        const result = await this.waitFor(this.check());
        // What is not filled in yet is no mistake yet.
        this.showErrors(result.errors, (name) => name.startsWith("quantity_"));
    }

    async onSubmit() {
        const result = await this.waitFor(this.check());
        if (this.showErrors(result.errors, () => true)) {
            this.el.querySelector("[aria-invalid]")?.focus();
        } else {
            this.el.submit();
        }
    }

    /** Ask the server what comes of it, files aside, and show that. */
    async check() {
        const data = new FormData(this.el);
        for (const input of this.el.querySelectorAll("input[type=file]")) {
            data.delete(input.name);
            data.set(`has_${input.name}`, input.files.length || "");
        }
        let result = {};
        try {
            const answer = await fetch(this.el.dataset.check, {method: "POST", body: data});
            result = answer.ok ? await answer.json() : {};
        } catch {
            // Without a connection the form is sent as it is: the server has the last word anyway.
        }
        this.showSummary(result);
        return result;
    }

    showSummary(result) {
        this.el.querySelector("input[name=amount_seen]").value = result.seen || "";
        this.el.querySelector(".o_returns_amount").textContent = result.amount || "–";
        this.el.querySelector(".o_returns_costs").replaceChildren(
            ...(result.costs || []).map((cost) => {
                const item = document.createElement("li");
                item.textContent = cost;
                return item;
            }),
        );
    }

    /**
     * Show the errors of the fields whose name `isShown`, each beside its field.
     *
     * @returns {Boolean} whether there are any
     */
    showErrors(errors, isShown) {
        let found = false;
        for (const error of this.el.querySelectorAll(".invalid-feedback, .alert")) {
            error.remove();
        }
        for (const field of this.el.querySelectorAll("[aria-invalid]")) {
            field.classList.remove("is-invalid");
            field.removeAttribute("aria-invalid");
            field.removeAttribute("aria-describedby");
        }
        for (const [name, text] of Object.entries(errors || {})) {
            const field = this.el.querySelector(`[name="${name}"]`) || this.el.querySelector("button[type=submit]");
            if (isShown(name)) {
                found = true;
                this.showError(field, `${name}_error`, text);
            }
        }
        return found;
    }

    showError(field, id, text) {
        const error = document.createElement("div");
        error.className = "invalid-feedback d-block";
        error.id = id;
        error.setAttribute("role", "alert");
        error.textContent = text;
        field.classList.add("is-invalid");
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", id);
        field.after(error);
    }
}

registry.category("public.interactions").add("returns_portal.returns_request", ReturnsRequest);
